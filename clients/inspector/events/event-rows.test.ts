import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FeedItem } from '../../../src/inspect/feed/feed-protocol.ts';
import { createEventNames } from './event-names.ts';
import { createAcceptance } from './event-filter.ts';
import { EventFold, rowAt, type EventRowOptions } from './event-rows.ts';
import { SeenLog } from '../watch/seen-log.ts';
import { effect, life, transition, watched } from '../testing/feed-items.ts';
import { chartOf } from '../testing/charts.ts';
import { logOf } from '../watch/testing.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;

function rowsOf(items: readonly FeedItem[], options: EventRowOptions = {}, skipped = 0) {
  return new EventFold(options).of(logOf(ROOM, items, skipped));
}

describe('rows of events', () => {
  test('fold what repeats itself in a row, with all their repeats', () => {
    const rows = rowsOf([
      transition(ROOM, { event: 'room.publish', taken: ['a'] }),
      transition(ROOM, { event: 'room.publish', taken: ['a'], repeat: 3 }),
      transition(ROOM, { event: 'room.publish', taken: ['b'] }),
      transition(ROOM, { event: 'room.publish', taken: ['a'] }),
    ]);
    expect(rows.map(({ first, position, count }) => [first, position, count])).toEqual([
      [1, 2, 4],
      [3, 3, 1],
      [4, 4, 1],
    ]);
  });

  test('never fold what changed a state, or came to or from somebody else', () => {
    const publish = { event: 'room.publish' };
    const rows = rowsOf([
      transition(ROOM, { ...publish, states: ['a'] }),
      transition(ROOM, { ...publish, states: ['b'] }),
      transition(ROOM, publish),
      transition(ROOM, { ...publish, source: C1 }),
      transition(C1, { ...publish, source: C1 }),
      life(C1, { type: 'ended' }),
      life(C1, { type: 'ended' }),
    ]);
    expect(rows).toHaveLength(7);
  });

  test('fold effects of one action on one party', () => {
    const rows = rowsOf([effect(ROOM), effect(ROOM), effect(ROOM, { to: { outside: 'store' } })]);
    expect(rows.map(({ count }) => count)).toEqual([2, 1]);
  });

  test('are filtered by the name of what happened, and repeats are found in what is left', () => {
    const rows = rowsOf(
      [
        transition(ROOM, { event: 'room.join' }),
        transition(C1, { event: 'ping' }),
        transition(ROOM, { event: 'room.join' }),
      ],
      { accepts: createAcceptance({ text: ' JOIN ', changesOnly: false }) },
      7,
    );
    expect(rows.map(({ what, count }) => [what.type, count])).toEqual([
      ['transition', 2],
      ['gap', 7],
    ]);
  });

  test('may be those that changed a state, or came or went, only', () => {
    const rows = rowsOf(
      [
        transition(ROOM, { event: 'a' }),
        transition(ROOM, { event: 'b', states: ['x'] }),
        effect(ROOM),
        life(C1, { type: 'started', states: ['y'] }),
      ],
      { accepts: createAcceptance({ text: '', changesOnly: true }) },
    );
    expect(rows.map(({ name }) => name)).toEqual(['b', 'started']);
  });

  test('tell which of them shows a moment', () => {
    const rows = rowsOf([
      transition(ROOM, { event: 'a' }),
      transition(ROOM, { event: 'a' }),
      transition(ROOM, { event: 'b' }),
    ]);
    expect([0, 1, 2, 3, 4].map((position) => rowAt(rows, position))).toEqual([-1, 0, 0, 1, 1]);
    expect(rowAt([], 3)).toBe(-1);
  });

  test('tell only the states that were entered', () => {
    const log = new SeenLog(ROOM);
    log.begin([watched(ROOM, { states: ['a', 'b'] })], 0);
    const items = [
      transition(ROOM, { states: ['a', 'c'] }),
      transition(ROOM),
      transition(ROOM, { states: ['d', 'c'] }),
    ];
    log.add({ items, skipped: 0, actors: [] }, 0);
    expect(new EventFold().of(log).map(({ entered }) => entered)).toEqual([['c'], [], ['d']]);
  });

  test('are called as the chart calls them, and found by that name', () => {
    const flush = 'xstate.after.flush.room.dirty';
    const names = createEventNames(
      new Map([['room', chartOf([{ id: `dirty|${flush}|0`, trigger: { type: 'after', delay: 'flush' } }])]]),
    );
    const items = [transition(ROOM, { event: flush }), transition(ROOM, { event: 'room.join' })];
    expect(rowsOf(items, { names }).map(({ name }) => name)).toEqual(['after flush', 'room.join']);
    expect(
      rowsOf(items, { names, accepts: createAcceptance({ text: 'after fl', changesOnly: false }) }),
    ).toHaveLength(1);
    expect(
      rowsOf(items, { names, accepts: createAcceptance({ text: 'xstate.after', changesOnly: false }) }),
    ).toHaveLength(1);
  });

  test('of a log that grows are the same as those of the whole log, whenever they are asked for', () => {
    const kinds = fc.constantFrom(...['a', 'b'].map((event) => transition(ROOM, { event })), effect(C1));
    fc.assert(
      fc.property(
        fc.array(fc.array(kinds, { maxLength: 9 }), { maxLength: 9 }),
        fc.boolean(),
        (batches, isFrozen) => {
          const log = new SeenLog(ROOM, 1_000);
          const fold = new EventFold();
          for (const items of batches) {
            log.add({ items, skipped: 0, actors: [] }, 0);
            expect(fold.of(isFrozen ? log.freeze() : log)).toEqual(new EventFold().of(log));
          }
        },
      ),
    );
  });

  test('go when their entries go, and begin anew when some were never looked at', () => {
    const log = new SeenLog(ROOM, 4);
    const fold = new EventFold();
    const add = (...events: string[]): void =>
      log.add({ items: events.map((event) => transition(ROOM, { event })), skipped: 0, actors: [] }, 0);
    const names = (): string[] => fold.of(log).map(({ name }) => name);
    add('a', 'b', 'c', 'd');
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
    add('e');
    expect(names()).toEqual(['b', 'c', 'd', 'e']);
    add('f', 'g', 'h', 'i', 'j', 'e');
    expect(names()).toEqual(['h', 'i', 'j', 'e']);
  });
});
