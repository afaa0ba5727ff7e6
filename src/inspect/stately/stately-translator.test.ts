import { expect, test } from 'vitest';
import { createMachine } from 'xstate';
import { MACHINES } from '../../actors/machines.ts';
import { describeChart } from '../chart/describe-chart.ts';
import type {
  ActorAddress,
  FeedItem,
  LifeItem,
  TransitionItem,
  WatchedActor,
} from '../feed/feed-protocol.ts';
import type { StatelyMessage } from './stately-protocol.ts';
import { StatelyTranslator } from './stately-translator.ts';

const ROOM: ActorAddress = { kind: 'room', id: 'room1' };
const ANN: ActorAddress = { kind: 'membership', id: 'c1@room1' };
const EMPTY = [
  'active.occupancy.empty.lingering',
  'active.absence.none',
  'active.broadcast.flowing',
  'active.journal.clean',
];
const OCCUPIED = EMPTY.with(0, 'active.occupancy.occupied');

function translator(): StatelyTranslator {
  return new StatelyTranslator({
    target: ROOM,
    chartOf: (machine) => describeChart(MACHINES[machine]),
    now: () => 1_000.5,
  });
}

function watched(
  address: ActorAddress,
  states: readonly string[],
  more: Partial<WatchedActor> = {},
): WatchedActor {
  return { ...address, status: 'active', states, since: 0, figures: {}, context: {}, ...more };
}

function took(
  actor: ActorAddress,
  seq: number,
  type: string,
  more: Partial<TransitionItem> = {},
): TransitionItem {
  return {
    type: 'transition',
    at: 2_000.25,
    seq,
    actor,
    event: { type, data: {} },
    taken: [],
    actions: [],
    ...more,
  };
}

function lived(
  actor: ActorAddress,
  seq: number,
  type: LifeItem['type'],
  states: readonly string[],
): LifeItem {
  return { type, at: 2_000, seq, actor, states };
}

function batch(items: readonly FeedItem[], actors: readonly WatchedActor[] = []) {
  return { items, actors, skipped: 0 };
}

function show(messages: readonly StatelyMessage[]): string[] {
  return messages.map((message) => {
    const what = message.type === '@xstate.actor' ? message.name : message.event.type;
    const snapshot =
      'snapshot' in message ? ` ${message.snapshot.status} ${JSON.stringify(message.snapshot.value)}` : '';
    return `${message.type} ${message.sessionId} ${what}${snapshot}`;
  });
}

test('a watched actor is announced with its machine and its states', () => {
  const [room, ...others] = translator().begin([
    watched(ROOM, EMPTY, { context: { members: 0 } }),
    watched({ kind: 'membership', id: 'c2@room1' }, ['joined'], { status: 'resting' }),
  ]);
  expect(others).toEqual([]);
  expect(room).toMatchObject({
    type: '@xstate.actor',
    _version: '0.7.2',
    sessionId: 'room:room1',
    rootId: 'room:room1',
    name: 'room room1',
    createdAt: '1000',
    snapshot: {
      status: 'active',
      value: {
        active: {
          occupancy: { empty: 'lingering' },
          absence: 'none',
          broadcast: 'flowing',
          journal: 'clean',
        },
      },
      context: { members: 0 },
    },
  });
  const { definition } = room as Extract<StatelyMessage, { type: '@xstate.actor' }>;
  const machine = createMachine(JSON.parse(definition) as Parameters<typeof createMachine>[0]);
  expect(describeChart(machine)).toEqual(describeChart(MACHINES.room));
});

test('an event comes before the snapshot it has led to; the last one has the context of the end of the batch', () => {
  const told = translator();
  told.begin([watched(ROOM, EMPTY, { context: { members: 0 } })]);
  const now = watched(ROOM, OCCUPIED, { context: { members: 1 } });
  const items = [
    took(ROOM, 0, 'room.join', { states: OCCUPIED, event: { type: 'room.join', data: { user: 'ann' } } }),
    took(ROOM, 1, 'room.publish', { source: { outside: 'http' } }),
  ];
  const messages = told.translate(batch(items, [now]));
  expect(messages).toMatchObject([
    {
      type: '@xstate.event',
      event: { type: 'room.join', user: 'ann' },
      createdAt: '2000',
      rootId: 'room:room1',
    },
    {
      type: '@xstate.snapshot',
      event: { type: 'room.join' },
      snapshot: { value: { active: { occupancy: 'occupied' } }, context: { members: 0 } },
    },
    { type: '@xstate.event', event: { type: 'room.publish' } },
    {
      type: '@xstate.snapshot',
      event: { type: 'room.publish' },
      snapshot: { value: { active: { occupancy: 'occupied' } }, context: { members: 1 } },
    },
  ]);
  expect(messages.some((message) => 'sourceId' in message)).toBe(false);
  expect(new Set(messages.map(({ id }) => id)).size).toBe(messages.length);
});

test('actors that belong to the watched one are its children, come and go, and are named as senders', () => {
  const told = translator();
  told.begin([watched(ROOM, EMPTY)]);
  const joining = ['requesting.recording'];
  const come = told.translate(
    batch(
      [
        lived(ANN, 0, 'started', joining),
        took(ROOM, 1, 'member.recording', { source: ANN }),
        took(ANN, 2, 'membership.recorded', { states: ['joined'], source: ROOM }),
      ],
      [watched(ANN, ['joined'])],
    ),
  );
  expect(show(come)).toEqual([
    '@xstate.actor membership:c1@room1 membership c1@room1 active {"requesting":"recording"}',
    '@xstate.event room:room1 member.recording',
    expect.stringMatching(/^@xstate.snapshot room:room1 member.recording active/),
    '@xstate.event membership:c1@room1 membership.recorded',
    '@xstate.snapshot membership:c1@room1 membership.recorded active "joined"',
  ]);
  expect(come[0]).toMatchObject({ parentId: 'room:room1', rootId: 'room:room1' });
  expect(come[1]).toMatchObject({ sourceId: 'membership:c1@room1' });
  expect(come[3]).toMatchObject({ sourceId: 'room:room1' });

  expect(show(told.translate(batch([lived(ANN, 3, 'rested', ['joined'])])))).toEqual([
    '@xstate.snapshot membership:c1@room1  stopped "joined"',
  ]);
  const gone = [lived(ANN, 4, 'started', ['joined']), lived(ANN, 5, 'ended', ['gone'])];
  expect(show(told.translate(batch(gone, [watched(ANN, ['gone'], { status: 'done' })])))).toEqual([
    '@xstate.actor membership:c1@room1 membership c1@room1 active "joined"',
    '@xstate.snapshot membership:c1@room1  done "gone"',
  ]);
  const failed: LifeItem = { ...lived(ROOM, 6, 'failed', OCCUPIED), error: 'it broke' };
  expect(told.translate(batch([failed]))).toMatchObject([
    { type: '@xstate.snapshot', sessionId: 'room:room1', snapshot: { status: 'error', error: 'it broke' } },
  ]);
});

test('of a batch with too many items the last ones are sent, and the result', () => {
  const told = translator();
  told.begin([watched(ROOM, EMPTY)]);
  const items = [
    lived(ANN, 0, 'started', ['requesting.recording']),
    took(ROOM, 1, 'room.join', { states: OCCUPIED }),
    ...Array.from({ length: 100 }, (_, index) => took(ANN, index + 2, `event${index}`)),
  ];
  const messages = told.translate(batch(items, [watched(ROOM, OCCUPIED), watched(ANN, ['joined'])]));
  const lines = show(messages);
  expect(lines).toHaveLength(1 + 2 * 25 + 1);
  expect(lines[0]).toContain('@xstate.actor membership:c1@room1');
  expect(lines.at(-2)).toBe('@xstate.snapshot membership:c1@room1 event99 active "joined"');
  expect(lines.at(-1)).toMatch(/^@xstate.snapshot room:room1  active .*"occupied"/);
});

test('only a limited number of actors is shown at a time, and places become free', () => {
  const told = translator();
  const many = Array.from({ length: 300 }, (_, index) =>
    watched({ kind: 'connection', id: `c${index}` }, ['greeting']),
  );
  expect(told.begin(many)).toHaveLength(200);
  const late = took({ kind: 'connection', id: 'c299' }, 0, 'ping');
  expect(told.translate(batch([late]))).toEqual([]);
  const c0: ActorAddress = { kind: 'connection', id: 'c0' };
  told.translate(batch([lived(c0, 1, 'ended', ['closed'])]));
  expect(show(told.translate(batch([], [watched({ kind: 'connection', id: 'c299' }, ['closing'])])))).toEqual(
    ['@xstate.actor connection:c299 connection c299 active "closing"'],
  );
});
