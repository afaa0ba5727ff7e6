import fc from 'fast-check';
import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import { describe, expect, test } from 'vitest';
import { call, FaultyStore, join, leave, ping, publish, settle } from '../../actors/actor-harness.ts';
import { MACHINES } from '../../actors/machines.ts';
import { roomMachine } from '../../actors/room/room.ts';
import { SERVER } from '../../actors/runtime/sender.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import { findActor } from '../population/population.ts';
import { toStatePaths } from '../population/state-paths.ts';
import { createWatchHarness, FakePage, name, type WatchHarness } from './watch-harness.ts';
import type { Batch } from './live-watch.ts';

const ROOM: ActorAddress = { kind: 'room', id: 'room1' };

/** Compares, whenever it is told something, what it believes with what is. */
class DoubtfulPage extends FakePage {
  harness: WatchHarness | undefined;
  readonly mistakes: string[] = [];

  override send(batch: Batch): boolean {
    const isTaken = super.send(batch);
    this.#countItems();
    for (const actor of this.harness?.watcher.watched ?? []) {
      const { machine }: AnyMachineSnapshot = (actor as Inspected).getSnapshot();
      const of = `${machine.id} ${actor.id}`;
      if (!this.states.has(of)) this.mistakes.push(`${of} was not told`);
    }
    for (const [of, states] of this.states) this.#compare(of, states, 'told');
    if (this.skipped === 0) for (const [of, states] of this.itemStates) this.#compare(of, states, 'items');
    return isTaken;
  }

  /** Numbers grow by one with each item, left-out ones too. */
  #countItems(): void {
    const numbers = this.items.map(({ seq }) => seq);
    if (numbers.some((seq, index) => index > 0 && seq <= (numbers[index - 1] ?? 0)))
      this.mistakes.push(`items are not in order: ${numbers.join()}`);
    const total = this.items.length + this.skipped;
    if ((numbers.at(-1) ?? 0) >= Math.max(1, total)) this.mistakes.push(`more numbers than ${total} items`);
    if (this.skipped === 0 && numbers.some((seq, index) => seq !== index))
      this.mistakes.push(`numbers are missing: ${numbers.join()}`);
  }

  #compare(of: string, states: readonly string[], how: string): void {
    const [kind = '', id = ''] = of.split(' ');
    const address = { kind, id } as ActorAddress;
    const real = this.harness && realStatesOf(address, this.harness);
    // Whoever is not watched any more may have gone on.
    if (real === 'unwatched') return;
    if (real === 'gone') {
      if (!['done', 'failed'].includes(this.statuses.get(of) ?? '')) this.mistakes.push(`${of} is gone`);
    } else if (String(real) !== String(states)) {
      this.mistakes.push(`${of} is in ${String(real)}, ${how}: ${String(states)}`);
    }
  }
}

function realStatesOf(
  { kind, id }: ActorAddress,
  { watcher, population }: WatchHarness,
): string[] | 'unwatched' | 'gone' {
  for (const actor of watcher.watched) {
    const { machine, _nodes }: AnyMachineSnapshot = (actor as Inspected).getSnapshot();
    if (actor.id === id && machine.id === kind) return toStatePaths(_nodes);
  }
  const entry = findActor(population, { kind, id });
  if (entry === undefined) return 'gone';
  return entry.actor === undefined ? ['joined'] : 'unwatched';
}

type Inspected = AnyActorRef & { getSnapshot(): AnyMachineSnapshot };

const OUT = createRefusal('permissionDenied', 'out');
const client = fc.nat({ max: 3 });
const room = fc.constantFrom('room1', 'room2');
type Step = (harness: WatchHarness) => void;

const clientOf = ({ directory }: WatchHarness, index: number) => directory.connections.get(`c${index + 1}`);

const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(client, room).map(
      ([of, to]): Step =>
        (harness) =>
          clientOf(harness, of)?.send(join(to)),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(client, room).map(
      ([of, to]): Step =>
        (harness) =>
          clientOf(harness, of)?.send(leave(to)),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(client, room, fc.constantFrom('x', 'answer', 'drop', 'boom', 'late', 'crash')).map(
      ([of, to, data]): Step =>
        (harness) =>
          clientOf(harness, of)?.send(publish(to, data)),
    ),
  },
  {
    weight: 2,
    arbitrary: client.map(
      (of): Step =>
        (harness) =>
          clientOf(harness, of)?.send(ping),
    ),
  },
  {
    weight: 1,
    arbitrary: client.map(
      (of): Step =>
        (harness) =>
          clientOf(harness, of)?.send(call('hello.x')),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        client,
        fc.constantFrom('socket.congested', 'socket.drained', 'socket.overflowed', 'server.disconnect'),
      )
      .map(
        ([of, type]): Step =>
          (harness) =>
            clientOf(harness, of)?.send({ type }),
      ),
  },
  {
    weight: 1,
    arbitrary: client.map(
      (of): Step =>
        (harness) =>
          clientOf(harness, of)?.send({ type: 'socket.closed', code: 1006, reason: '' }),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Step>((harness) => void harness.connect()) },
  {
    weight: 1,
    arbitrary: fc.tuple(room, fc.constantFrom('room.mute', 'room.unmute')).map(
      ([of, type]): Step =>
        (harness) =>
          harness.directory.rooms.get(of)?.send({ type }, 'library'),
    ),
  },
  {
    weight: 1,
    arbitrary: client.map(
      (of): Step =>
        ({ directory }) =>
          directory.rooms
            .get('room1')
            ?.send({ type: 'room.kick', id: `c${of + 1}`, refusal: OUT }, 'library'),
    ),
  },
  {
    weight: 1,
    // A room is closed when everybody is put out.
    arbitrary: room.map((of): Step => ({ directory }) => {
      const open = directory.rooms.get(of);
      if (open === undefined) return;
      for (const id of open.record.roster.joined.keys())
        open.send({ type: 'room.kick', id, refusal: OUT }, 'library');
      open.send({ type: 'room.close' }, SERVER);
    }),
  },
  {
    weight: 1,
    arbitrary: fc.boolean().map((isBroken): Step => ({ store }) => {
      store.error = isBroken ? new Error('full') : undefined;
    }),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(50, 50, 100, 1_000, 20_000).map(
      (ms): Step =>
        ({ clock }) =>
          clock.increment(ms),
    ),
  },
);

function createBusyHarness(itemsPerSecond: number): WatchHarness {
  return createWatchHarness({
    input: { itemsPerSecond },
    limits: { capacity: 3, messagesPerSecond: 5 },
    store: new FaultyStore(),
    allowed: ['hello.*'],
    machines: {
      room: roomMachine.provide({
        actions: {
          publish: (args) => {
            if ('data' in args.event && args.event.data === 'crash') throw new Error('crash');
            (MACHINES.room.implementations.actions.publish as (args: unknown) => void)(args);
          },
        },
      }),
    },
    handlers: {
      onJoin: async ({ member }) => (member.id === 'c3' ? { refused: 'not you' } : undefined),
      onMessage({ data }) {
        if (data === 'answer') return { type: 'answer', data: 'no' };
        if (data === 'drop') return { type: 'drop' };
        if (data === 'boom') throw new Error('boom');
        return data === 'late' ? new Promise(() => {}) : undefined;
      },
    },
  });
}

describe.each([
  ['with everything told', 1_000_000],
  ['with most left out', 20],
])('at the end of each batch, %s', (_, itemsPerSecond) => {
  test.each([
    ['a room with all around it', ROOM, true],
    ['a room alone', ROOM, false],
    ['a connection with its memberships', { kind: 'connection', id: 'c1' }, true],
  ] as const)('%s is where it was told to be', async (__, address, related) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(steps, { minLength: 5, maxLength: 40 }),
        fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
        async (sequence, pauses) => {
          const harness = createBusyHarness(itemsPerSecond);
          for (let count = 0; count < 4; count += 1) harness.connect();
          clientOf(harness, 0)?.send(join('room1'));
          clientOf(harness, 1)?.send(join('room1'));
          await settle();
          const page = new DoubtfulPage();
          page.harness = harness;
          const { watch } = harness.watch(address, related, page);
          for (const [index, step] of sequence.entries()) {
            step(harness);
            if (pauses[index] === true) await settle();
          }
          await settle();
          harness.flush();
          await settle();
          harness.flush();
          expect(page.mistakes).toEqual([]);
          expect(harness.errors).toEqual([]);
          watch.stop();
          expect(harness.watcher.watched.size).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });
});

test('a page that checks all states finds mistakes', async () => {
  const harness = createBusyHarness(1_000_000);
  harness.connect().send(join('room1'));
  await settle();
  const page = new DoubtfulPage();
  page.harness = harness;
  harness.watch(ROOM, false, page);
  page.send({
    items: [],
    skipped: 0,
    actors: [{ ...ROOM, status: 'active', states: ['closed'], since: 0, figures: {} }],
  });
  expect(page.mistakes).toEqual([expect.stringContaining(`${name(ROOM)} is in active.occupancy.occupied`)]);
});
