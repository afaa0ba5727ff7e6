import { describe, expect, test } from 'vitest';
import { readData, templateOf } from './control-templates.ts';
import { WITHHELD } from '../ui/json-rows.ts';
import { transition } from '../testing/feed-items.ts';
import { logOf } from '../watch/testing.ts';

const C1 = { kind: 'connection', id: 'c1' } as const;

describe('the template of an event', () => {
  test('has the fields that the event needs', () => {
    expect(JSON.parse(templateOf('ping', C1, logOf(C1, [])))).toEqual({});
    expect(JSON.parse(templateOf('room.publish', C1, logOf(C1, [])))).toEqual({ room: 'room1', data: '' });
  });

  test('has the values with which it was last seen, without those that are withheld', () => {
    const log = logOf(C1, [
      transition(C1, { event: 'room.publish', data: { room: 'lobby', data: WITHHELD, publisher: 'x' } }),
      transition({ kind: 'connection', id: 'c2' }, { event: 'room.publish', data: { room: 'other' } }),
      transition(C1, { event: 'ping' }),
    ]);
    expect(JSON.parse(templateOf('room.publish', C1, log))).toEqual({ room: 'lobby', data: '' });
  });
});

describe('the fields that a person writes', () => {
  test('are a JSON object', () => {
    expect(readData('{"room":"a"}')).toEqual({ type: 'data', data: { room: 'a' } });
  });

  test.each(['', '{', '[]', 'null', '"x"', '7'])('%j is none', (text) => {
    expect(readData(text).type).toBe('invalid');
  });
});
