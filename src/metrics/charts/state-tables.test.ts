import { expect, test } from 'vitest';
import { createActor, setup } from 'xstate';
import type { Machines } from '../../actors/machines.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import { goLive } from '../../actors/runtime/live-machine.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import { StateTables } from './state-tables.ts';

/** Two regions: one moves on while the other stays. */
const toyMachine = setup({
  types: {
    context: {} as { said: number },
    events: {} as { type: 'say' | 'light' | 'stop' | 'door' | 'unheard' },
  },
  delays: { shine: 1_000 },
  actions: { count: () => undefined },
}).createMachine({
  id: 'room',
  context: { said: 0 },
  initial: 'open',
  states: {
    open: {
      type: 'parallel',
      on: { stop: 'ended', say: { actions: 'count' } },
      states: {
        lamp: {
          initial: 'dark',
          states: {
            dark: { on: { light: 'bright' } },
            bright: { after: { shine: 'dark' } },
          },
        },
        door: { initial: 'shut', states: { shut: { on: { door: 'ajar' } }, ajar: {} } },
      },
    },
    ended: { type: 'final' },
  },
});

function setUp(machine = toyMachine) {
  const clock = new FakeClock();
  const tables = new StateTables({ room: machine } as unknown as Machines);
  const live = goLive(machine, combineObservers(tables.observer), () => clock.monotonic());
  tables.readEvents({ room: live } as unknown as Machines);
  const room = tables.machines.get('room');
  if (room === undefined) throw new Error('the machine is not counted');
  return {
    clock,
    start: () => createActor(live, { clock }).start(),
    events: () => Object.fromEntries(room.events()),
    guards: () => room.guards(),
    moves: () => Object.fromEntries([...room.moves].map(([event, { count }]) => [event, count])),
    /** How often a state was left, and for how long actors were in it, in milliseconds. */
    timeIn: (path: string) => {
      const time = room.states.get(path)?.time;
      return [time?.count, time?.sum];
    },
    entriesOf: (path: string) => room.states.get(path)?.entered,
  };
}

test('time in a state goes on while another region moves', () => {
  const { clock, start, timeIn, entriesOf } = setUp();
  const actor = start();
  clock.increment(10);
  actor.send({ type: 'light' });
  clock.increment(300);
  actor.send({ type: 'door' });
  clock.increment(700);
  clock.increment(50);
  actor.send({ type: 'stop' });
  expect(timeIn('open.lamp.dark')).toEqual([2, 10 + 50]);
  expect(timeIn('open.lamp.bright')).toEqual([1, 1_000]);
  expect(timeIn('open.door.shut')).toEqual([1, 310]);
  expect(timeIn('open.door.ajar')).toEqual([1, 750]);
  expect(timeIn('open')).toEqual([1, 1_060]);
  expect([entriesOf('open.lamp.bright'), entriesOf('open.door'), entriesOf('ended')]).toEqual([1, 0, 1]);
});

test('events are counted by what the chart calls them, and others together', () => {
  const { clock, start, events, moves } = setUp();
  const [one, two] = [start(), start()];
  for (const actor of [one, two, one, one]) actor.send({ type: 'say' });
  one.send({ type: 'light' });
  one.send({ type: 'say' });
  two.send({ type: 'unheard' });
  clock.increment(1_000);
  expect(events()).toMatchObject({ say: 5, light: 1, 'after shine': 1 });
  expect(moves()).toEqual({ light: 1, 'after shine': 1 });
  for (const name of Object.keys(events())) {
    expect(['say', 'light', 'stop', 'door', 'after shine', 'other']).toContain(name);
  }
});

test('two servers in one process count for themselves', () => {
  const [first, second] = [setUp(), setUp()];
  first.start().send({ type: 'say' });
  const other = second.start();
  other.send({ type: 'say' });
  other.send({ type: 'say' });
  expect([first.events(), second.events()]).toMatchObject([{ say: 1 }, { say: 2 }]);
});

test('a context that changes does not begin the time anew', () => {
  const counting = setup({
    types: { context: {} as { said: number }, events: {} as { type: 'say' | 'light' | 'stop' } },
  }).createMachine({
    id: 'room',
    context: { said: 0 },
    type: 'parallel',
    states: {
      lamp: { initial: 'dark', states: { dark: { on: { light: 'bright' } }, bright: {} } },
      mouth: {
        initial: 'open',
        states: {
          open: { on: { say: { actions: ({ context }) => void (context.said += 1) }, stop: 'shut' } },
          shut: {},
        },
      },
    },
  });
  const { clock, start, timeIn } = setUp(counting as unknown as typeof toyMachine);
  const actor = start();
  clock.increment(5);
  actor.send({ type: 'light' });
  clock.increment(5);
  actor.send({ type: 'say' });
  clock.increment(5);
  actor.send({ type: 'stop' });
  expect(timeIn('mouth.open')).toEqual([1, 15]);
});

test('guards are counted when they decide, in the lane and in the interpreter', () => {
  const guarded = setup({
    types: { context: {} as { seats: number }, events: {} as { type: 'come' | 'shut' } },
    guards: { isFull: ({ context }) => context.seats === 0, isLast: ({ context }) => context.seats === 1 },
    actions: {
      refuse: () => undefined,
      seat: ({ context }) => {
        context.seats -= 1;
      },
    },
    delays: { rest: 1_000 },
  }).createMachine({
    id: 'room',
    context: { seats: 2 },
    initial: 'open',
    states: {
      open: {
        on: {
          come: [
            { guard: 'isFull', actions: 'refuse' },
            // A state with a timer is entered by the interpreter.
            { guard: 'isLast', target: 'closing', actions: 'seat' },
            { actions: 'seat' },
          ],
        },
      },
      closing: { after: { rest: 'open' } },
    },
  });
  const { clock, start, guards } = setUp(guarded as unknown as typeof toyMachine);
  const actor = start() as unknown as { send(event: { type: 'come' }): void };
  actor.send({ type: 'come' });
  actor.send({ type: 'come' });
  clock.increment(1_000);
  for (let late = 0; late < 3; late += 1) actor.send({ type: 'come' });
  expect(guards()).toEqual([
    { event: 'come', guard: 'isFull', count: 3 },
    { event: 'come', guard: 'isLast', count: 1 },
  ]);
});
