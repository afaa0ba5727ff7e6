import { expect, test } from 'vitest';
import type { RoomSettings } from '../../../src/inspect/feed/feed-protocol.ts';
import { describeSettings } from './rule-words.ts';

const SETTINGS: RoomSettings = {
  rules: { join: 'anyone', publish: 'members', presence: 'users', history: 'token', rpc: 'nobody' },
  history: { size: 0, ttlMs: 0 },
  recover: true,
  delta: false,
  joinLeave: true,
  rpc: [],
  handlers: [],
  hasSchema: false,
  capacity: 100_000,
  messageBytes: 65_536,
  lingerMs: 10_000,
  handlerMs: 5_000,
};

const wordsOf = (settings: Partial<RoomSettings> = {}): Record<string, string> =>
  Object.fromEntries(describeSettings({ ...SETTINGS, ...settings }));

test('a room without settings of its own says so', () => {
  expect(wordsOf()).toMatchObject({
    'pattern of the settings': 'none',
    'may join': 'anyone',
    'may publish': 'members',
    'may call functions': 'nobody',
    history: 'not kept',
    recovery: 'no',
    'functions that may be called': 'none',
    handlers: 'none',
    'messages a second': 'any number',
    'longest message': '65,536 bytes',
    'stays in memory when empty': '10 s',
  });
});

test('a room with settings has all of them in words', () => {
  expect(
    wordsOf({
      pattern: 'chat:*',
      owners: ['ann', 'bob'],
      history: { size: 100, ttlMs: 3_600_000 },
      rpc: ['hello.*'],
      handlers: ['onJoin', 'onMessage'],
      messagesPerSecond: 5,
    }),
  ).toMatchObject({
    'pattern of the settings': 'chat:*',
    'belongs to': 'ann, bob',
    history: '100 messages, for 1 h',
    recovery: 'yes',
    'functions that may be called': 'hello.*',
    handlers: 'onJoin, onMessage',
    'messages a second': '5',
  });
  expect(wordsOf({ recover: 'cache' })['recovery']).toBe('the latest message');
});
