import { describe, expect, test } from 'vitest';
import { FakeClock, momentsOf } from '../../system/clock-harness.ts';
import { createHarness, join, publish, settle } from '../../actors/actor-harness.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import { createRecorder } from '../recorder/recorder.ts';
import type { ActorHistory } from '../feed/feed-protocol.ts';
import { toSequenceDiagram } from './history-diagram.ts';

/** What our diagrams are made of, as Mermaid reads it; names are letters, entity codes and harmless signs. */
const TEXT = /(?:[\p{L}\p{N} .,()/@'+×…_→-]|<br\/>|#\d+;)+/u.source;
const LINES = [
  /sequenceDiagram/,
  new RegExp(`  participant (?:a|p\\d+) as ${TEXT}`, 'u'),
  new RegExp(`  (?:a|p\\d+)(?:->>|-x)a: ${TEXT}`, 'u'),
  new RegExp(`  Note over a: ${TEXT}`, 'u'),
];

function strangeLinesOf(diagram: string): string[] {
  return diagram
    .trimEnd()
    .split('\n')
    .filter((line) => !LINES.some((pattern) => new RegExp(`^${pattern.source}$`, 'u').test(line)));
}

const history: ActorHistory = {
  kind: 'room',
  id: 'lobby',
  lost: 3,
  entries: [
    { at: 1_000, event: 'room.join', count: 1, from: ['active.a'], to: ['active.b'] },
    { at: 1_250, event: 'room.publish', count: 12, from: ['active.b'], to: ['active.b'] },
    { at: 1_500, event: 'room.noted', count: 1, from: ['active.b'], to: ['active.b'] },
    {
      at: 2_000,
      event: 'xstate.after.flush.room.active.journal.dirty',
      count: 1,
      from: ['active.b', 'active.journal.dirty'],
      to: ['active.b', 'active.journal.writing.timely'],
    },
    {
      at: 3_000,
      event: 'xstate.error.actor.0.room.active.journal.writing',
      count: 1,
      from: ['active.b'],
      to: ['active.b'],
    },
    { at: 3_500, event: 'xstate.init', count: 1, from: [], to: ['opening.reading'] },
  ],
  failure: { at: 4_000, event: 'room.join', error: 'TypeError: it; failed' },
};

describe('a sequence diagram of a history', () => {
  test('has participants, an arrow for each entry, and notes on states', () => {
    const diagram = toSequenceDiagram(history);
    expect(strangeLinesOf(diagram)).toEqual([]);
    expect(diagram).toBe(`sequenceDiagram
  participant p1 as connections
  participant p2 as timer
  participant p3 as store
  participant a as room lobby
  Note over a: from 1970-01-01T00#58;00#58;01.000Z
  Note over a: 3 earlier entries are overwritten
  p1->>a: room.join (+0.000 s)
  Note over a: active.a<br/>→ active.b
  p1->>a: room.publish × 12 (+0.250 s)
  a->>a: room.noted (+0.500 s)
  p2->>a: after flush, active.journal.dirty (+1.000 s)
  Note over a: active.journal.dirty<br/>→ active.journal.writing.timely
  p3->>a: sync has failed (+2.000 s)
  a->>a: start (+2.500 s)
  Note over a: → opening.reading
  p1-xa: room.join (+3.000 s)
  Note over a: failed on it<br/>TypeError#58; it#59; failed
`);
  });

  test.each([
    'end',
    'a; participant b',
    'x->>y: z',
    '#35; %% comment',
    '<img src=x onerror=alert(1)>',
    'two\nlines\r\u2028and "quotes" `\\`',
    '日本語 и кириллица',
    '👍',
  ])('is valid whatever an actor is called: %j', (id) => {
    const diagram = toSequenceDiagram({ ...history, id, failure: { at: 1, event: id, error: id } });
    expect(strangeLinesOf(diagram)).toEqual([]);
    expect(diagram.match(/^ {2}participant/gm)).toHaveLength(4);
  });

  test('can be made of an empty history', () => {
    expect(strangeLinesOf(toSequenceDiagram({ kind: 'membership', id: 'c1@room1', entries: [] }))).toEqual(
      [],
    );
  });

  test('is made of what the recorder has kept', async () => {
    const clock = new FakeClock();
    const recorder = createRecorder({ entries: 100, moments: momentsOf(clock), describeError: String });
    const harness = createHarness({ clock, observer: combineObservers(recorder.observer) });
    const client = harness.connect();
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 'hi'));
    harness.clock.increment(50);
    await settle();
    const recorded = recorder.historyOf({ kind: 'room', id: 'room1' });
    const diagram = recorded && toSequenceDiagram(recorded);
    expect(strangeLinesOf(diagram ?? '?')).toEqual([]);
    expect(diagram).toContain('participant p2 as store');
    expect(diagram).toContain('p2->>a: sync is done');
    expect(diagram).toContain('p3->>a: member.recording');
  });
});
