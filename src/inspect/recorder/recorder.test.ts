import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CLOCK_STEPS } from '../../system/clock-harness.ts';
import {
  createHarness,
  join,
  leave,
  ping,
  publish,
  settle,
  type Harness,
  type HarnessOptions,
} from '../../actors/actor-harness.ts';
import { connectionMachine } from '../../actors/connection/connection.ts';
import { NO_OBSERVER } from '../../actors/runtime/live-machine.ts';
import { MACHINES } from '../../actors/machines.ts';
import { membershipMachine } from '../../actors/room/membership.ts';
import { roomMachine } from '../../actors/room/room.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import { createRecorder, type Recorder, type RecorderOptions } from './recorder.ts';

/** More collections than a loaded machine needs until all that is free is gone. */
const MAX_COLLECTIONS = 100;

const ROOM = { kind: 'room', id: 'room1' } as const;

interface Recorded extends Harness {
  readonly recorder: Recorder;
  /** How often the time was asked for. */
  readonly looks: () => number;
}

function record(options: HarnessOptions = {}, recording: Partial<RecorderOptions> = {}): Recorded {
  let looks = 0;
  const recorder = createRecorder({
    entries: 100,
    moments: {
      read() {
        looks += 1;
        return harness.clock.monotonic();
      },
      toDate: (moment) => harness.clock.now() - harness.clock.monotonic() + moment,
    },
    describeError: (error) => String(error).split('\n', 1).join(),
    ...recording,
  });
  const harness = createHarness({ ...options, observer: combineObservers(recorder.observer) });
  return { ...harness, recorder, looks: () => looks };
}

/** The entries of a history, a line each: `room.publish × 3`. */
function linesOf(recorder: Recorder, address: Parameters<Recorder['historyOf']>[0] = ROOM): string[] {
  const entries = recorder.historyOf(address)?.entries ?? [];
  return entries.map(({ event, count }) => (count === 1 ? event : `${event} × ${count}`));
}

const broken = (): never => {
  throw new TypeError('out of order\nand more');
};

/** A room whose action `publish` throws as long as `isBroken` says so. */
function createFailingRoom(isBroken: () => boolean) {
  return roomMachine.provide({
    actions: {
      publish: (args) => {
        if (isBroken()) broken();
        (MACHINES.room.implementations.actions.publish as (args: unknown) => void)(args);
      },
    },
  });
}

describe('the recorder', () => {
  test('knows the events of a room, with the states before and after', async () => {
    const { recorder, connect, clock } = record();
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 1), publish('room1', 2), publish('room1', 3));
    clock.increment(50);
    await settle();
    client.send(leave('room1'));
    await settle();
    expect(linesOf(recorder)).toEqual([
      'room.join',
      'xstate.done.actor.0.room.opening.reading',
      'room.join',
      'member.recording',
      'member.joined',
      'room.publish × 3',
      'xstate.after.flush.room.active.journal.dirty',
      'xstate.done.actor.0.room.active.journal.writing',
      'room.leave',
      'member.leaving',
      'member.recording',
      'member.left',
    ]);
    const history = recorder.historyOf(ROOM);
    expect(history?.lost).toBe(0);
    expect(history?.entries[6]).toEqual({
      at: 50,
      event: 'xstate.after.flush.room.active.journal.dirty',
      count: 1,
      from: [
        'active.occupancy.occupied',
        'active.absence.none',
        'active.broadcast.flowing',
        'active.journal.dirty',
      ],
      to: [
        'active.occupancy.occupied',
        'active.absence.none',
        'active.broadcast.flowing',
        'active.journal.writing.timely',
      ],
    });
    expect(history?.entries[5]?.from).toEqual(history?.entries[5]?.to);
  });

  test('keeps the last entries only, and counts the others', async () => {
    const { recorder, connect } = record({ allowed: ['hello.x'] }, { entries: 5 });
    const client = connect();
    client.send(join('room1'));
    await settle();
    for (let count = 0; count < 10; count += 1) {
      client.send(publish('room1', count), { type: 'room.call', room: 'room1', method: 'no', args: {} });
    }
    const history = recorder.historyOf(ROOM);
    expect(linesOf(recorder)).toEqual([
      'room.call',
      'room.publish',
      'room.call',
      'room.publish',
      'room.call',
    ]);
    expect(history?.lost).toBe(20);
  });

  test('only counts messages that change nothing: it does not even look at the clock', async () => {
    const { recorder, connect, looks } = record();
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 'first'));
    const before = looks();
    for (let count = 0; count < 1_000; count += 1) client.send(publish('room1', count), ping);
    expect(looks()).toBe(before);
    expect(linesOf(recorder).at(-1)).toBe('room.publish × 1001');
  });

  test('tells the rooms apart', async () => {
    const { recorder, connect } = record();
    const client = connect();
    client.send(join('room1'), join('room2'));
    await settle();
    for (let count = 0; count < 3; count += 1) client.send(publish('room1', count), publish('room2', count));
    expect(linesOf(recorder).at(-1)).toBe('room.publish × 3');
    expect(linesOf(recorder, { kind: 'room', id: 'room2' }).at(-1)).toBe('room.publish × 3');
  });

  test('knows the last moves of other actors too, as long as not too many others moved', async () => {
    const { recorder, connect } = record();
    const client = connect();
    client.send(join('room1'), ping);
    await settle();
    expect(linesOf(recorder, { kind: 'connection', id: 'c1' })).toEqual([
      'connection.greeted',
      'command.pending',
      'room.joined',
    ]);
    expect(recorder.historyOf({ kind: 'connection', id: 'c1' })).not.toHaveProperty('lost');
    for (let count = 0; count < 5_000; count += 1) connect().lose();
    expect(recorder.historyOf({ kind: 'connection', id: 'c1' })).toBeUndefined();
    expect(recorder.historyOf({ kind: 'connection', id: 'c9999' })).toBeUndefined();
  });

  test('is off with zero entries', async () => {
    const { recorder, connect } = record(
      { machines: { room: createFailingRoom(() => true) } },
      { entries: 0 },
    );
    const client = connect();
    client.send(join('room1'));
    await settle();
    client.send(publish('room1', 'boom'));
    recorder.noteFailure(ROOM, new Error('no'));
    expect(recorder.historyOf(ROOM)).toBeUndefined();
    expect(recorder.failures()).toEqual([]);
    expect(recorder.observer).toBe(NO_OBSERVER);
  });
});

describe('of actors that have failed the recorder', () => {
  test('tells the event and what came before, although the room runs again', async () => {
    let isBroken = false;
    const { recorder, connect, clock } = record({
      machines: { room: createFailingRoom(() => isBroken) },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    isBroken = true;
    clock.increment(10);
    client.send(publish('room1', 'boom'));
    const failure = { at: 10, event: 'room.publish', error: 'TypeError: out of order' };
    const [failed] = recorder.failures();
    expect(failed).toMatchObject({ ...ROOM, ...failure });
    expect(failed?.states).toContain('active.broadcast.flowing');
    expect(failed?.history.entries.map(({ event }) => event)).toEqual(linesOf(recorder));
    expect(recorder.historyOf(ROOM)).toMatchObject({ failure });
    isBroken = false;
    clock.increment(50);
    client.send(publish('room1', 'better'));
    await settle();
    expect(linesOf(recorder).slice(-3)).toEqual(['member.joined', 'xstate.init', 'room.publish']);
    const entries = recorder.historyOf(ROOM)?.entries ?? [];
    expect(entries.at(-2)).toMatchObject({ at: 60, from: [], to: entries.at(-1)?.from });
    expect(recorder.historyOf(ROOM)).toMatchObject({ failure });
    expect(recorder.failures()).toHaveLength(1);
    expect(recorder.failures()[0]?.history.entries).toHaveLength(entries.length - 2);
  });

  test('keeps the events of a connection, although others have overwritten them', () => {
    const { recorder, connect } = record({
      machines: { connection: connectionMachine.provide({ actions: { replyPong: broken } }) },
    });
    const client = connect();
    client.actor?.send({ type: 'socket.congested' });
    client.send(ping);
    for (let count = 0; count < 5_000; count += 1) connect().lose();
    expect(recorder.failures()).toMatchObject([
      {
        kind: 'connection',
        id: 'c1',
        event: 'ping',
        states: ['open.flow.congested', 'open.work.ready', 'open.credentials.valid', 'open.liveness.alive'],
      },
    ]);
    expect(recorder.historyOf({ kind: 'connection', id: 'c1' })).toMatchObject({
      entries: [{ event: 'connection.greeted' }, { event: 'socket.congested' }],
      failure: { event: 'ping', error: 'TypeError: out of order' },
    });
  });

  test('takes failures that machines do not tell, and each one once', async () => {
    const { recorder, connect, toldOf } = record({
      machines: {
        membership: membershipMachine.provide({ actions: { recordJoin: broken } }),
        connection: connectionMachine.provide({ actions: { replyUnknown: broken } }),
      },
    });
    const client = connect();
    client.send(join('room1'));
    await settle();
    expect(recorder.failures()).toEqual([]);
    const [{ error } = { error: undefined }] = toldOf('member.failed');
    recorder.noteFailure({ kind: 'membership', id: 'c1@room1' }, error);
    recorder.noteFailure({ kind: 'membership', id: 'c1@room1' }, error);
    client.send({ type: 'command.unknown' });
    recorder.noteFailure({ kind: 'connection', id: 'c1' }, toldOf('connection.failed')[0]?.error);
    expect(recorder.failures()).toMatchObject([
      { kind: 'membership', id: 'c1@room1', event: 'xstate.init', error: 'TypeError: out of order' },
      { kind: 'connection', id: 'c1', event: 'command.unknown' },
    ]);
  });

  test('keeps a hundred', () => {
    const { recorder } = record();
    for (let count = 1; count <= 150; count += 1) {
      recorder.noteFailure({ kind: 'connection', id: `c${count}` }, new Error('x'));
    }
    const failures = recorder.failures();
    expect(failures).toHaveLength(100);
    expect(failures.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, index) => `c${index + 51}`));
  });
});

test.each(Object.entries(CLOCK_STEPS))(
  'entries keep their order and their distance when the wall clock is set %s, and later ones have the new date',
  async (_, stepMs) => {
    const { recorder, connect, clock } = record();
    const client = connect();
    client.send(join('room1'));
    await settle();
    clock.increment(50);
    recorder.noteFailure(ROOM, new Error('x'));
    clock.stepWallClock(stepMs);
    clock.increment(25);
    await settle();
    client.send(publish('room1', 'hi'));
    const history = recorder.historyOf(ROOM);
    const first = history?.entries[0]?.at ?? 0;
    expect(history?.failure?.at).toBe(first + 50);
    expect(history?.entries.at(-1)).toMatchObject({ event: 'room.publish', at: first + 75 });
    expect(first + 75).toBe(clock.now());
  },
);

describe('the recorder of rooms that are gone', () => {
  test('knows the latest 200, and goes on with one that is opened again', async () => {
    const { recorder, connect, clock } = record();
    const client = connect();
    for (let count = 0; count < 250; count += 1) {
      client.send(join(`room${count}`), leave(`room${count}`));
      await settle();
    }
    clock.increment(50);
    await settle();
    clock.increment(10_000);
    await settle();
    const known = Array.from({ length: 250 }, (_, count) =>
      recorder.historyOf({ kind: 'room', id: `room${count}` }),
    );
    expect(known.map((history) => history !== undefined)).toEqual([
      ...Array<boolean>(50).fill(false),
      ...Array<boolean>(200).fill(true),
    ]);
    const before = known[249]?.entries.length ?? 0;
    client.send(join('room249'));
    await settle();
    expect(linesOf(recorder, { kind: 'room', id: 'room249' }).slice(before, before + 2)).toEqual([
      'xstate.init',
      'room.join',
    ]);
  });

  test('keeps neither them nor their contexts in memory', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { recorder, connect, clock, directory } = record();
    const kept: WeakRef<object>[] = [];
    async function visit(name: string): Promise<void> {
      const client = connect();
      client.send(join(name));
      await settle();
      const room = directory.rooms.get(name);
      for (const part of [room?.actor, room?.record]) if (part !== undefined) kept.push(new WeakRef(part));
      client.lose();
      // The harness remembers its clients.
      client.actor = undefined;
    }
    for (let count = 0; count < 5; count += 1) await visit(`room${count}`);
    clock.increment(50);
    await settle();
    clock.increment(10_000);
    await settle();
    expect(directory.rooms.size).toBe(0);
    expect(kept).toHaveLength(10);
    // What a promise or a turn of the event loop still refers to is free only later: how much later depends on the load.
    const left = (): WeakRef<object>[] => kept.filter((part) => part.deref() !== undefined);
    for (let round = 0; round < MAX_COLLECTIONS && left().length > 0; round += 1) {
      await settle();
      collectGarbage();
    }
    expect(left()).toEqual([]);
    expect(recorder.historyOf({ kind: 'room', id: 'room0' })?.entries.at(-1)?.to).toEqual(['closed']);
  });
});
