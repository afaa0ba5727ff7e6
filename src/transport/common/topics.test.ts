import { expect, test } from 'vitest';
import { encodeOnce } from '../../protocol/text.ts';
import { Topics } from './topics.ts';

test('subscribers are found by the name of their topic and by its text', () => {
  const topics = new Topics<string>();
  const text = encodeOnce('Räume/é');
  topics.subscribe('Räume/é', 'one');
  topics.subscribe('Räume/é', 'two');
  expect([...(topics.of('Räume/é') ?? [])]).toEqual(['one', 'two']);
  expect([...(topics.of(text) ?? [])]).toEqual(['one', 'two']);
});

test('a text finds its topic after others came and went, and after it was without subscribers', () => {
  const topics = new Topics<string>();
  const text = encodeOnce('room');
  topics.subscribe('other', 'guest');
  const found = (): string[] => [...(topics.of(text) ?? [])];
  expect(found()).toEqual([]);
  topics.subscribe('room', 'one');
  expect(found()).toEqual(['one']);
  topics.unsubscribe('room', 'one');
  expect(found()).toEqual([]);
  expect(topics.of('room')).toBeUndefined();
  topics.subscribe('room', 'two');
  expect(found()).toEqual(['two']);
});
