import { describe, expect, test } from 'vitest';
import { groupMembers, MOST_TILES } from './member-groups.ts';
import { SeenLog } from '../watch/seen-log.ts';
import { life, transition, watched } from '../testing/feed-items.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const membership = (number: number) => ({ kind: 'membership', id: `c${number}@room1` }) as const;
const NOBODY = new Map();

function resting(count: number) {
  return Array.from({ length: count }, (_, index) =>
    watched(membership(index), { status: 'resting', states: ['joined'] }),
  );
}

describe('the members of a room', () => {
  test('are grouped by state, in the order of a membership, with a look for each', () => {
    const members = [
      watched(membership(1), { status: 'resting', states: ['joined'], user: 'ann' }),
      watched(membership(2), { states: ['leaving.recording'] }),
      watched(membership(3), { states: ['requesting.authorizing'] }),
      watched(membership(4), { status: 'failed', states: ['joined'] }),
    ];
    const groups = groupMembers({ room: 'room1', members, total: 4, joined: 1 }, NOBODY);
    expect(groups.map(({ state, count, look }) => [state, count, look.shape])).toEqual([
      ['requesting.authorizing', 1, 'triangle'],
      ['joined', 1, 'disc'],
      ['leaving.recording', 1, 'diamond'],
      ['failed', 1, 'cross'],
    ]);
    expect(groups[1]!.tiles).toEqual([{ id: 'c1@room1', connection: 'c1', user: 'ann', isResting: true }]);
  });

  test('are as many tiles as can be looked at, and counted beyond', () => {
    const [group] = groupMembers(
      { room: 'room1', members: resting(1_000), total: 10_000, joined: 10_000 },
      NOBODY,
    );
    expect(group).toMatchObject({ state: 'joined', count: 10_000 });
    expect(group!.tiles).toHaveLength(MOST_TILES);
  });

  test('are joining where they are not sent and have not joined', () => {
    const groups = groupMembers({ room: 'room1', members: resting(2), total: 900, joined: 300 }, NOBODY);
    expect(groups.map(({ state, count }) => [state, count])).toEqual([
      ['requesting', 600],
      ['joined', 300],
    ]);
  });

  test('have their last seen states, also those that the server did not send', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM)], 0);
    log.add(
      {
        items: [
          transition(membership(0), { states: ['leaving.recording'] }),
          life(membership(77), { type: 'started', states: ['requesting.recording'] }),
          life(membership(78), { type: 'started', states: ['requesting.recording'] }),
          life(membership(78), { type: 'ended', states: ['refused'] }),
          life({ kind: 'membership', id: 'c0@room2' }, { type: 'started', states: ['requesting.recording'] }),
        ],
        skipped: 0,
        actors: [],
      },
      0,
    );
    const told = { room: 'room1', members: resting(3), total: 5, joined: 4 };
    const groups = groupMembers(told, log.momentsAt(log.last));
    expect(groups.map(({ state, count }) => [state, count])).toEqual([
      ['requesting.recording', 1],
      ['joined', 3],
      ['leaving.recording', 1],
    ]);
  });
});
