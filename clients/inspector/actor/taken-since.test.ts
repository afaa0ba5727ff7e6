import { describe, expect, test } from 'vitest';
import { TakenSince } from './taken-since.ts';
import { effect, transition } from '../testing/feed-items.ts';
import { logOf } from '../watch/testing.ts';
import type { WatchView } from '../watch/watch-store.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;
const LOG = logOf(ROOM, [
  transition(ROOM, { taken: ['a'] }),
  transition(ROOM, { taken: ['b', 'c'] }),
  transition(C1, { taken: ['x'] }),
  transition(ROOM, { taken: ['b'] }),
  effect(ROOM),
  transition(ROOM),
]);

function viewAt(position: number): WatchView {
  return {
    actor: ROOM,
    state: { type: 'watching' },
    log: LOG,
    playback: { type: 'live' },
    position,
    speed: 1,
    newer: 0,
  };
}

describe('what was taken since the last picture', () => {
  test('is nothing in the first one', () => {
    expect(new TakenSince(ROOM).at(viewAt(4))).toBeUndefined();
  });

  test('is all that the actor took, each once, however much came in one frame', () => {
    const taken = new TakenSince(ROOM);
    taken.at(viewAt(0));
    expect(taken.at(viewAt(4))).toEqual({ seq: 4, taken: ['a', 'b', 'c'] });
  });

  test('stays the same while nothing is taken, so that nothing is played again', () => {
    const taken = new TakenSince(ROOM);
    taken.at(viewAt(3));
    const before = taken.at(viewAt(4));
    expect(before).toEqual({ seq: 4, taken: ['b'] });
    expect(taken.at(viewAt(5))).toBe(before);
    expect(taken.at(viewAt(6))).toBe(before);
  });

  test('is what led to the moment when it goes back', () => {
    const taken = new TakenSince(ROOM);
    taken.at(viewAt(6));
    expect(taken.at(viewAt(2))).toEqual({ seq: 2, taken: ['b', 'c'] });
  });

  test('is the same for the same view', () => {
    const taken = new TakenSince(ROOM);
    taken.at(viewAt(0));
    const view = viewAt(2);
    expect(taken.at(view)).toBe(taken.at(view));
  });
});
