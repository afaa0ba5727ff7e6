import { expect, test } from 'vitest';
import { createStoredText } from '../../shared/stored-text.ts';
import { createStorage } from '../../shared/testing.ts';
import { takeToken } from './token.ts';

function setUp() {
  const stored = createStoredText('token', createStorageOnce());
  const cleared: string[] = [];
  return {
    stored,
    cleared,
    take: (hash: string) => takeToken({ hash, stored, clearHash: () => cleared.push(hash) }),
  };
}

function createStorageOnce() {
  const storage = createStorage();
  return () => storage;
}

test('a token is taken out of the address, and kept for the tab', () => {
  const { take, cleared } = setUp();
  expect(take('#token=a.b.c')).toBe('a.b.c');
  expect(cleared).toEqual(['#token=a.b.c']);
  expect(take('')).toBe('a.b.c');
  expect(cleared).toHaveLength(1);
});

test('an empty token makes the tab a guest again', () => {
  const { take } = setUp();
  take('#token=a.b.c');
  expect(take('#token=')).toBeUndefined();
  expect(take('')).toBeUndefined();
});

test('another # is left alone', () => {
  const { take, cleared } = setUp();
  expect(take('#message')).toBeUndefined();
  expect(cleared).toEqual([]);
});
