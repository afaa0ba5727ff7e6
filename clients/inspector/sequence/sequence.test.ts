import { describe, expect, test } from 'vitest';
import type { ActorAddress, FeedItem } from '../../../src/inspect/feed/feed-protocol.ts';
import { EventFold } from '../events/event-rows.ts';
import { toSequenceMermaid } from './sequence-mermaid.ts';
import { MOST_OWN_LANES, toSequence } from './sequence.ts';
import { effect, life, transition } from '../testing/feed-items.ts';
import { logOf } from '../watch/testing.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;
const C1 = { kind: 'connection', id: 'c1' } as const;
const M1 = { kind: 'membership', id: 'c1@room1' } as const;

interface Options {
  readonly isByActor?: boolean;
  readonly skipped?: number;
  readonly own?: ActorAddress;
}

function sequenceOf(items: readonly FeedItem[], options: Options = {}) {
  const { isByActor = false, skipped = 0, own = ROOM } = options;
  return toSequence(new EventFold().of(logOf(own, items, skipped)), own, isByActor);
}

const JOIN: readonly FeedItem[] = [
  transition(C1, { event: 'room.join', source: { outside: 'socket' } }),
  transition(ROOM, { event: 'room.join', source: C1, states: ['active.occupancy.occupied'] }),
  life(M1, { type: 'started', states: ['requesting'] }),
  transition(ROOM, { event: 'member.recording', source: M1 }),
  effect(ROOM, { to: { outside: 'store' }, action: 'sync' }),
  transition(ROOM, { event: 'after flush', source: { outside: 'timer' } }),
];

describe('a sequence', () => {
  test('has lanes in the way of a message, and messages between them', () => {
    const { lanes, rows, endsOf } = sequenceOf(JOIN);
    expect(lanes.map(({ key }) => key)).toEqual([
      'socket',
      'connection',
      'membership',
      'room/room1',
      'store',
    ]);
    expect(rows.map((row) => [endsOf(row).from, endsOf(row).to])).toEqual([
      [0, 1],
      [1, 3],
      [undefined, 2],
      [2, 3],
      [3, 4],
      [undefined, 3],
    ]);
  });

  test('gives each actor a lane if asked to', () => {
    const { lanes } = sequenceOf(JOIN, { isByActor: true });
    expect(lanes.map(({ key }) => key)).toEqual([
      'socket',
      'connection/c1',
      'membership/c1@room1',
      'room/room1',
      'store',
    ]);
  });

  test('lets actors share a lane when there are too many, the last heard of excepted', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      transition({ kind: 'connection', id: `c${index}` }, { event: 'ping' }),
    );
    const { lanes, rows, endsOf } = sequenceOf(many, { isByActor: true });
    expect(lanes).toHaveLength(MOST_OWN_LANES + 1);
    expect(lanes.at(-1)?.key).toBe('connection');
    expect(lanes[endsOf(rows.at(-1)!).to!]?.id).toBe('c39');
    expect(lanes[endsOf(rows[0]!).to!]?.id).toBeUndefined();
  });

  test('is written as Mermaid', () => {
    expect(toSequenceMermaid(sequenceOf(JOIN, { skipped: 12 }))).toBe(`sequenceDiagram
  participant p0 as socket
  participant p1 as connections
  participant p2 as memberships
  participant p3 as room room1
  participant p4 as store
  p0->>p1: room.join
  p1->>p3: room.join
  Note right of p3: active.occupancy.occupied
  Note over p2: started
  p2->>p3: member.recording
  p3-)p4: sync
  p3->>p3: after flush
  Note over p0,p4: 12 skipped
`);
  });

  test('in Mermaid keeps names that would break its syntax as texts', () => {
    const own = { kind: 'room', id: 'a;b#c\nd<e>' } as const;
    const text = toSequenceMermaid(sequenceOf([transition(own, { event: 'x;y' })], { own }));
    expect(text).toContain('participant p0 as room a#59;b#35;c d#lt;e#gt;\n');
    expect(text).toContain('p0->>p0: x#59;y\n');
  });
});
