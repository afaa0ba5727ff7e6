import { expect, test } from 'vitest';
import { RedisKeys, tagOf } from './keys.ts';

const keys = new RedisKeys('statecast');

test.each(['r', '{r}', '}', 'a}b', '%', '', '{', 'комната'])(
  'all keys of the room %j have one tag',
  (room) => {
    const names = [
      keys.live(room),
      keys.stream(room),
      keys.position(room),
      keys.done(room, 'k'),
      keys.here(room),
      keys.until(room),
      keys.users(room),
      keys.roster(room),
    ];
    const tags = new Set(names.map(tagOf));
    expect(tags.size).toBe(1);
    expect([...tags][0]).not.toContain('{nodes}');
    expect(new Set(names).size).toBe(names.length);
  },
);

test('rooms with similar names have keys of their own', () => {
  const rooms = ['}', '%7D', '%257D', '%', '%25', '', 'a', 'A'];
  expect(new Set(rooms.map((room) => keys.live(room))).size).toBe(rooms.length);
});

test('what belongs to all nodes is together', () => {
  expect(
    new Set([keys.format, keys.leases, keys.nodes, keys.roomsOf('n'), keys.orphans, keys.ended].map(tagOf))
      .size,
  ).toBe(1);
  const control = [keys.orders, keys.control, keys.node('n'), keys.everybody, keys.muted, keys.revocations];
  expect(new Set(control.map(tagOf)).size).toBe(1);
  expect(tagOf(keys.away('ann'))).toBe('ann');
  const ofWebhook = [keys.outbox('w', 'n'), keys.outboxes('w'), keys.occupied('w')];
  expect(new Set(ofWebhook.map(tagOf))).toEqual(new Set(['w']));
  expect(tagOf('no tag')).toBe('no tag');
  expect(tagOf('empty {} tag')).toBe('empty {} tag');
});
