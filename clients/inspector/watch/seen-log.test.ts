import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedItem, WatchedActor } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import { SeenLog } from './seen-log.ts';
import { effect, life, transition, watched } from '../testing/feed-items.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const SOMEBODY = { kind: 'connection', id: 'c1' } as const;

describe('what was seen', () => {
  test('begins with the actors as they are, and no entry', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { states: ['opening.reading'] })], 1);
    expect([log.first, log.last]).toEqual([1, 0]);
    expect(log.momentsAt(0).get(keyOf(ROOM))).toMatchObject({ states: ['opening.reading'] });
  });

  test('knows the states at each moment, not only the last ones', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { states: ['a'] })], 1);
    log.add(
      {
        items: [
          transition(ROOM, { at: 5, event: 'to b', states: ['b'], taken: ['a|to b|0'] }),
          transition(ROOM, { at: 6, event: 'nothing' }),
          transition(ROOM, { at: 7, event: 'to c', states: ['c'], taken: ['b|to c|0'] }),
        ],
        skipped: 0,
        actors: [watched(ROOM, { states: ['c'] })],
      },
      8,
    );
    const at = (position: number) => log.momentsAt(position).get(keyOf(ROOM));
    expect([0, 1, 2, 3].map((position) => at(position)?.states)).toEqual([['a'], ['b'], ['b'], ['c']]);
    expect([0, 1, 2, 3].map((position) => at(position)?.last?.position)).toEqual([undefined, 1, 1, 3]);
    expect(at(2)?.since).toBe(5);
  });

  test('puts the context where it was true: after the last thing that happened to its actor', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { context: { n: 0 } }), watched(SOMEBODY, { context: { m: 0 } })], 1);
    log.add(
      {
        items: [transition(ROOM, { at: 2 }), transition(SOMEBODY, { at: 3 }), transition(ROOM, { at: 4 })],
        skipped: 0,
        actors: [watched(ROOM, { context: { n: 2 } }), watched(SOMEBODY, { context: { m: 1 } })],
      },
      5,
    );
    const contexts = (position: number) => [
      log.momentsAt(position).get(keyOf(ROOM))?.told?.context,
      log.momentsAt(position).get(keyOf(SOMEBODY))?.told?.context,
    ];
    expect(contexts(1)).toEqual([{ n: 0 }, { m: 0 }]);
    expect(contexts(2)).toEqual([{ n: 0 }, { m: 1 }]);
    expect(contexts(3)).toEqual([{ n: 2 }, { m: 1 }]);
  });

  test('marks what was skipped, and is right about the states all the same', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { states: ['a'] })], 1);
    log.add(
      { items: [transition(ROOM, { at: 9 })], skipped: 70, actors: [watched(ROOM, { states: ['z'] })] },
      10,
    );
    expect(log.slice().map(({ what }) => what.type)).toEqual(['gap', 'transition']);
    expect(log.entryAt(1)).toMatchObject({ at: 9, what: { reason: 'skipped', count: 70 } });
    expect(log.momentsAt(2).get(keyOf(ROOM))?.states).toEqual(['z']);
  });

  test('a batch without items changes how actors stand and makes no entry', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { figures: { members: 1 } })], 1);
    log.add({ items: [], skipped: 0, actors: [watched(ROOM, { figures: { members: 2 } })] }, 2);
    expect(log.last).toBe(0);
    expect(log.momentsAt(0).get(keyOf(ROOM))?.told?.figures).toEqual({ members: 2 });
  });

  test('that is taken up again has a gap, and those who are gone by then have ended', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM), watched(SOMEBODY)], 1);
    log.add({ items: [transition(ROOM, { at: 2 })], skipped: 0, actors: [] }, 2);
    log.begin([watched(ROOM, { states: ['later'] })], 99);
    expect(log.entryAt(2)).toMatchObject({ at: 99, what: { type: 'gap', reason: 'unwatched' } });
    expect(log.momentsAt(1).get(keyOf(SOMEBODY))?.status).toBe('active');
    expect(log.momentsAt(2).get(keyOf(SOMEBODY))?.status).toBe('done');
    expect(log.momentsAt(2).get(keyOf(ROOM))?.states).toEqual(['later']);
  });

  test('an actor starts, rests, fails and ends', () => {
    const log = new SeenLog(ROOM);
    const membership = { kind: 'membership', id: 'c1@room1' } as const;
    log.begin([watched(ROOM)], 1);
    log.add(
      {
        items: [
          life(membership, { type: 'started', states: ['requesting'] }),
          life(membership, { type: 'rested', states: ['joined'] }),
          life(membership, { type: 'failed', states: [], error: 'boom' }),
          life(ROOM, { type: 'ended', states: ['closed'] }),
        ],
        skipped: 0,
        actors: [],
      },
      2,
    );
    const at = (position: number) => log.momentsAt(position).get(keyOf(membership));
    expect(at(0)).toBeUndefined();
    expect([1, 2, 3].map((position) => at(position)?.status)).toEqual(['active', 'resting', 'failed']);
    expect(at(3)).toMatchObject({ states: ['joined'], error: 'boom' });
    expect(log.momentsAt(4).get(keyOf(ROOM))).toMatchObject({ status: 'done', states: ['closed'] });
  });

  test('forgets those who ended before its first entry, but never its own actor', () => {
    const log = new SeenLog(ROOM, 2);
    log.begin([watched(ROOM), watched(SOMEBODY)], 1);
    log.add({ items: [life(SOMEBODY, { type: 'ended', states: ['closed'] })], skipped: 0, actors: [] }, 2);
    log.add({ items: [life(ROOM, { type: 'ended', states: ['closed'] })], skipped: 0, actors: [] }, 3);
    expect(log.momentsAt(2).has(keyOf(SOMEBODY))).toBe(true);
    log.add({ items: [effect(ROOM), effect(ROOM), effect(ROOM)], skipped: 0, actors: [] }, 4);
    expect(log.momentsAt(5).has(keyOf(SOMEBODY))).toBe(false);
    expect(log.momentsAt(5).get(keyOf(ROOM))?.status).toBe('done');
  });

  test('a frozen copy stays as it was while the log goes on', () => {
    const log = new SeenLog(ROOM, 3);
    log.begin([watched(ROOM, { states: ['a'] })], 1);
    log.add({ items: [transition(ROOM, { at: 2, states: ['b'] })], skipped: 0, actors: [] }, 2);
    const frozen = log.freeze();
    log.add({ items: Array.from({ length: 9 }, () => effect(ROOM)), skipped: 0, actors: [] }, 3);
    log.add({ items: [], skipped: 0, actors: [watched(ROOM, { states: ['z'] })] }, 4);
    expect([frozen.first, frozen.last]).toEqual([1, 1]);
    expect(frozen.momentsAt(1).get(keyOf(ROOM))?.states).toEqual(['b']);
    expect([log.first, log.last]).toEqual([8, 10]);
  });

  test('keeps the newest entries, and knows each moment of them, however much has come', () => {
    const states = fc.constantFrom('a', 'b', 'c');
    const item = fc.oneof(
      fc.record({ states: fc.option(fc.array(states, { maxLength: 2 }), { nil: undefined }) }),
      fc.constant('effect' as const),
    );
    fc.assert(
      fc.property(fc.array(fc.array(item, { maxLength: 6 }), { maxLength: 12 }), (batches) => {
        const log = new SeenLog(ROOM, 7);
        log.begin([watched(ROOM, { states: ['start'] })], 0);
        const expected: (readonly string[])[] = [['start']];
        for (const batch of batches) {
          const items: FeedItem[] = batch.map((made) =>
            made === 'effect' ? effect(ROOM) : transition(ROOM, made.states && { states: made.states }),
          );
          for (const made of batch) {
            expected.push((made !== 'effect' && made.states) || expected.at(-1)!);
          }
          const actors: WatchedActor[] =
            items.length > 0 ? [watched(ROOM, { states: expected.at(-1)! })] : [];
          log.add({ items, skipped: 0, actors }, 0);
        }
        expect(log.last).toBe(expected.length - 1);
        expect(log.slice().map(({ position }) => position)).toEqual(
          Array.from({ length: Math.min(7, log.last) }, (_, index) => log.first + index),
        );
        for (let position = log.first - 1; position <= log.last; position += 1) {
          expect(log.momentsAt(position).get(keyOf(ROOM))?.states).toEqual(expected[position]);
        }
      }),
    );
  });
});
