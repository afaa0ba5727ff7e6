/** User-defined parts: a toy broker, presence and control that return promises, with their contract suites and in servers. */

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  createMemoryBrokers,
  createMemoryControls,
  createMemoryPresence,
  type Broker,
  type BrokerListener,
  type Control,
  type History,
  type Json,
  type MemberInfo,
  type Presence,
  type Publication,
} from '../src/index.ts';
import { describeBroker, describeControl, describePresence } from '../src/testing.ts';
import { connectCentrifuge } from './support/centrifuge-client.ts';
import { nextEvent } from './support/event-watch.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

interface ToyStream {
  epoch: string;
  offset: number;
  kept: Publication[];
  until: number;
  version: readonly [number: number, epoch: string];
  /** What is left of the messages of this second. */
  tokens: { left: number; at: number } | undefined;
}

/** Streams that several toy brokers share. They use only public types. */
class ToyStreams {
  readonly streams = new Map<string, ToyStream>();
  readonly brokers = new Set<ToyBroker>();
  /** What came of publications with an idempotency key. */
  readonly done = new Map<string, { offset: number; epoch: string }>();
  now = Date.now();

  of(room: string) {
    const stream = this.streams.get(room) ?? {
      epoch: `toy${this.streams.size}`,
      offset: 0,
      kept: [],
      until: 0,
      version: [0, ''] as const,
      tokens: undefined,
    };
    this.streams.set(room, stream);
    if (stream.until <= this.now) stream.kept = [];
    return stream;
  }
}

function takeToken(stream: ToyStream, perSecond: number | undefined, now: number): boolean {
  if (perSecond === undefined) return true;
  const most = Math.max(1, perSecond);
  const { left, at } = stream.tokens ?? { left: most, at: now };
  const tokens = Math.min(most, left + ((now - at) / 1_000) * perSecond);
  stream.tokens = { left: tokens < 1 ? tokens : tokens - 1, at: now };
  return tokens >= 1;
}

class ToyBroker implements Broker {
  readonly #streams: ToyStreams;
  readonly #listeners: BrokerListener[] = [];
  readonly #rooms = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(streams: ToyStreams) {
    this.#streams = streams;
    streams.brokers.add(this);
  }

  attach(listener: BrokerListener) {
    this.#listeners.push(listener);
  }

  publish(room: string, data: Json, options: Parameters<Broker['publish']>[2]) {
    const text = JSON.stringify(data);
    return this.#later(() => {
      const stream = this.#streams.of(room);
      const { from, tags, history, version, skipHistory = false, idempotencyKey } = options;
      const key = `${room} ${idempotencyKey}`;
      const before = idempotencyKey === undefined ? undefined : this.#streams.done.get(key);
      if (before !== undefined) return { ...before, isRepeated: true as const };
      const { number = 0, epoch = '' } = version ?? {};
      const [latest, latestEpoch] = stream.version;
      if (version !== undefined && epoch === latestEpoch && number <= latest) {
        return { offset: stream.offset, epoch: stream.epoch, isOutdated: true as const };
      }
      if (!takeToken(stream, options.messagesPerSecond, this.#streams.now)) {
        return { offset: stream.offset, epoch: stream.epoch, isOverRate: true as const };
      }
      if (version !== undefined) stream.version = [number, epoch];
      if (!skipHistory) stream.offset += 1;
      const publication: Publication = {
        room,
        data: JSON.parse(text) as Json,
        offset: skipHistory ? 0 : stream.offset,
        epoch: stream.epoch,
        time: this.#streams.now,
        ...(from !== undefined && { from }),
        ...(tags !== undefined && { tags }),
      };
      if (!skipHistory) {
        stream.kept =
          history === undefined ? [] : [...stream.kept, publication].slice(-history.size || Infinity);
        stream.until = this.#streams.now + (history?.ttlMs ?? 0);
      }
      this.#tell((listener) => listener.publication(publication), room);
      if (idempotencyKey !== undefined) {
        this.#streams.done.set(key, { offset: publication.offset, epoch: stream.epoch });
      }
      return { offset: publication.offset, epoch: stream.epoch };
    });
  }

  history(room: string, query: Parameters<Broker['history']>[1] = {}) {
    return this.#later((): History => {
      const { epoch, offset, kept } = this.#streams.of(room);
      const { since, limit = Infinity, reverse = false } = query;
      const found = kept.filter(
        (one) =>
          since === undefined ||
          (since.epoch === epoch && (reverse ? one.offset < since.offset : one.offset > since.offset)),
      );
      return { publications: (reverse ? found.toReversed() : found).slice(0, limit), offset, epoch };
    });
  }

  removeHistory(room: string) {
    return this.#later(() => {
      if (this.#streams.streams.has(room)) this.#streams.of(room).kept = [];
    });
  }

  position(room: string) {
    const stream = this.#streams.streams.get(room);
    return stream && { offset: stream.offset, epoch: stream.epoch };
  }

  subscribe = (room: string) => this.#later(() => void this.#rooms.add(room));
  unsubscribe = (room: string) => this.#later(() => void this.#rooms.delete(room));

  join(room: string, member: MemberInfo) {
    return this.#later(() => this.#tell((listener) => listener.joined?.(room, member), room));
  }

  leave(room: string, member: MemberInfo) {
    return this.#later(() => this.#tell((listener) => listener.left?.(room, member), room));
  }

  broadcast(data: Json, from?: MemberInfo) {
    return this.#later(() => this.#tell((listener) => listener.broadcast(data, from)));
  }

  close() {
    return this.#later(() => void this.#streams.brokers.delete(this));
  }

  #tell(tell: (listener: BrokerListener) => void, room?: string) {
    for (const broker of this.#streams.brokers) {
      if (room === undefined || broker.#rooms.has(room)) broker.#listeners.forEach(tell);
    }
  }

  #later<Result>(call: () => Result): Promise<Result> {
    const result = this.#last.then(() => new Promise(setImmediate)).then(call);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Wraps an object, so that its methods answer a little later, in order. */
function slowDown<Part extends object>(part: Part, kept: readonly string[]): Part {
  let last: Promise<unknown> = Promise.resolve();
  return new Proxy(part, {
    get(target, name: string) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') return value;
      if (kept.includes(name)) return value.bind(target) as unknown;
      return (...args: unknown[]) => {
        const result = last
          .then(() => new Promise(setImmediate))
          .then(() => Reflect.apply(value, target, args));
        last = result.catch(() => undefined);
        return result;
      };
    },
  });
}

describeBroker(
  { describe, test },
  {
    name: 'a toy broker',
    async createPlace() {
      const streams = new ToyStreams();
      return {
        connect: async () => new ToyBroker(streams),
        elapse: async (ms) => void (streams.now += ms),
        dispose: async () => undefined,
      };
    },
  },
);

describePresence(
  { describe, test },
  {
    name: 'a slow presence',
    async createPlace() {
      const presence = slowDown(createMemoryPresence(), []);
      return { connect: async () => presence, dispose: async () => undefined };
    },
  },
);

describeControl(
  { describe, test },
  {
    name: 'a slow control',
    async createPlace() {
      const connect = createMemoryControls();
      return { connect: async () => slowDown(connect(), ['attach']), dispose: async () => undefined };
    },
  },
);

interface Shared {
  readonly connectBroker: () => Broker;
  readonly connectControl: () => Control;
  readonly presence: Presence;
}

function createFast(): Shared {
  return {
    connectBroker: createMemoryBrokers(),
    connectControl: createMemoryControls(),
    presence: createMemoryPresence(),
  };
}

function createSlow(): Shared {
  const streams = new ToyStreams();
  const connectControl = createMemoryControls();
  return {
    connectBroker: () => new ToyBroker(streams),
    connectControl: () => slowDown(connectControl(), ['attach']),
    presence: slowDown(createMemoryPresence(), []),
  };
}

describe.each([
  ['at once', createFast],
  ['by promises', createSlow],
] as const)('two servers on the same parts, which answer %s,', (_, createShared) => {
  async function startTwo() {
    const { connectBroker, connectControl, presence } = createShared();
    const start = () =>
      startServer({ broker: connectBroker(), control: connectControl(), presence, lingerSeconds: 0 });
    const [one, two] = [await start(), await start()];
    const [ann, bob] = [await one.connect(), await two.connect()];
    await ann.join('room1');
    await bob.join('room1');
    return { one, two, ann, bob };
  }

  test('deliver the messages of a room on both servers, from clients and from the library', async () => {
    const { two, ann, bob } = await startTwo();
    ann.send(sendByRoom('room1', 'hi'));
    expect(await bob.next()).toBe('hi');
    await two.server.publish('room1', 'by the library');
    expect((await ann.settle()).toSorted()).toEqual(['SendByRoom success!', 'by the library', 'hi']);
    await two.server.broadcast('all');
    expect(await ann.next()).toBe('all');
    expect(await bob.settle()).toContain('all');
  });

  test('list the members of a room on each server', async () => {
    const { one, two } = await startTwo();
    expect(await one.server.members('room1')).toHaveLength(2);
    expect(await two.server.members('room1')).toEqual(await one.server.members('room1'));
    expect(await one.server.rooms()).toEqual([{ room: 'room1', members: 2 }]);
  });

  test('remove, mute and disconnect clients of the other server', async () => {
    const { one, two, ann, bob } = await startTwo();
    const members = await one.server.members('room1');
    await one.server.mute('room1');
    expect(await bob.ask(sendByRoom('room1', 'psst'))).toBe('Error: room1 is muted');
    await two.server.unmute('room1');
    expect(await ann.ask(sendByRoom('room1', 'at last'))).toBeDefined();
    await bob.settle();
    const gone = nextEvent(two.server, 'member.left');
    for (const { id } of members) {
      expect(await one.server.kick('room1', id, 'out')).toBe(true);
      expect(await two.server.kick('room1', id, 'out')).toBe(false);
    }
    expect(await gone).toMatchObject({ reason: 'kicked' });
    expect(await bob.next()).toBe('Error: out');
    expect(await two.server.members('room1')).toEqual([]);
    const closed = nextEvent(two.server, 'connection.closed');
    const outcomes = [];
    for (const { id } of members) outcomes.push(await one.server.disconnect(id));
    expect(outcomes).toEqual([true, true]);
    expect(await closed).toMatchObject({ code: 3503 });
    expect(await one.server.disconnect('nobody')).toBe(false);
  });

  test('close a room on both servers', async () => {
    const { one, two, ann, bob } = await startTwo();
    const closed = Promise.all([nextEvent(one.server, 'room.closed'), nextEvent(two.server, 'room.closed')]);
    expect(await one.server.closeRoom('room1', 'the party is over')).toBe(true);
    expect(await ann.next()).toBe('Error: the party is over');
    expect(await bob.next()).toBe('Error: the party is over');
    await closed;
    expect(await one.server.closeRoom('room1', 'again')).toBe(false);
    expect(await two.server.members('room1')).toEqual([]);
    await ann.join('room1');
  });

  test('continue the stream of a room after the room was closed', async () => {
    const { one, two, ann, bob } = await startTwo();
    const { epoch } = await one.server.publish('room1', 'a');
    const closed = Promise.all([nextEvent(one.server, 'room.closed'), nextEvent(two.server, 'room.closed')]);
    await ann.ask('unsubscribe|room1');
    bob.terminate();
    await closed;
    expect(await two.server.publish('room1', 'b')).toMatchObject({ offset: 2, epoch });
    expect(await one.server.history('room1')).toMatchObject({ offset: 2, epoch });
  });
});

test('the server refreshes a presence of those who are listed regularly until it is closed', async () => {
  const memory = createMemoryPresence();
  const refreshed: string[] = [];
  const presence: Presence = {
    ttlMs: 60,
    add: (room, member) => memory.add(room, member),
    remove: (room, id) => memory.remove(room, id),
    refresh: (room, members) => void refreshed.push(`${room} ${members.length}`),
    list: (room) => memory.list(room),
    stats: (room) => memory.stats(room),
    close() {},
  };
  const running = await startServer({ presence });
  const { connect, server } = running;
  const hidden = await connectCentrifuge(running);
  await server.subscribe({ connection: hidden.id }, 'room1', { override: { presence: false } });
  await hidden.push('subscribe', 'room1');
  await (await connect()).join('room1');
  refreshed.length = 0;
  while (refreshed.length < 3) await sleep(5);
  expect(new Set(refreshed)).toEqual(new Set(['room1 1']));
  await server.close();
  const { length } = refreshed;
  await sleep(100);
  expect(refreshed).toHaveLength(length);
});
