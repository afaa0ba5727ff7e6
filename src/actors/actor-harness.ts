/** For tests of actors: rooms and connections on in-memory parts, a simulated clock, and a store that fails on demand. */

import type { Broker } from '../broker/broker.ts';
import { createMemoryPresence } from '../broker/presence/memory-presence.ts';
import type { Presence } from '../broker/presence/presence.ts';
import { createMemoryBroker } from '../broker/memory-broker.ts';
import type { EventSink, ServerEventName, ServerEvents } from '../events/server-events.ts';
import type { CloseName } from '../protocol/close-codes.ts';
import type { Command, Json, Push, Reply } from '../protocol/command.ts';
import { DEFAULT_MESSAGE_BYTES, DEFAULT_ROOM_NAME_BYTES } from '../protocol/limits.ts';
import type {
  LoadedRoom,
  MembershipChange,
  MembershipStore,
  StoredMember,
} from '../storage/membership-store.ts';
import { FakeClock } from '../system/clock-harness.ts';
import type { ConnectionEvent, NewConnection } from './connection/connection-events.ts';
import type { ConnectionRef } from './connection/connection.ts';
import { createRateRules, type RateSettings } from './connection/rates.ts';
import { createDirectory, type AbsenceElsewhere, type Directory } from './directory.ts';
import type { Durability } from './room/journal.ts';
import { NO_OBSERVER, type MachineObserver } from './runtime/live-machine.ts';
import { createMachines, MACHINES, type Machines } from './machines.ts';
import { send } from './runtime/send.ts';
import { SERVER } from './runtime/sender.ts';
import { failCall } from '../protocol/rpc-errors.ts';
import type { ApplicationPort, ConnectionPort, CustomClose, RpcPort } from './room/ports.ts';
import type { RoomHandlers, RoomOptions } from './room/room-options.ts';
import type { RoomRules } from './room/rules/rules.ts';
import type { RevocationCheck } from './room/rules/revocation-check.ts';
import { Taps } from './room/stream/taps.ts';
import { createRoomQueries } from './room-queries.ts';
import type { Authenticator, Handshake } from './connection/authenticator.ts';
import { createRooms, type Rooms } from './rooms.ts';

export interface HarnessOptions {
  readonly durability?: Durability;
  readonly handlers?: RoomHandlers;
  readonly limits?: Partial<Omit<RoomOptions, 'handlers' | 'rpc'>>;
  readonly application?: ApplicationPort;
  readonly authenticator?: Authenticator;
  readonly revocations?: RevocationCheck;
  readonly roomsPerConnection?: number;
  readonly connectionsPerUser?: number;
  readonly guestRooms?: number;
  /** Default: none. */
  readonly rates?: Partial<RateSettings>;
  readonly receiveQueueBytes?: number;
  /** What the protocol of the clients asks for. Default: that of the line protocol. */
  readonly protocol?: Partial<NewConnection['protocol']>;
  readonly awayTtlMs?: number;
  readonly reconnectMs?: number;
  readonly clock?: FakeClock;
  readonly store?: FaultyStore;
  /** Machines that fail, in the place of the real ones. */
  readonly machines?: Partial<Machines>;
  readonly observer?: MachineObserver;
  readonly broker?: Broker;
  readonly presence?: Presence;
  readonly rpc?: RpcPort;
  /** Functions that connections may call. */
  readonly allowed?: readonly string[];
  /** Who is away on other nodes. Default: there are none. */
  readonly elsewhere?: AbsenceElsewhere;
}

export interface Harness {
  readonly clock: FakeClock;
  readonly directory: Directory;
  readonly rooms: Rooms;
  readonly store: FaultyStore;
  readonly broker: Broker;
  readonly presence: Presence;
  /** What was told for the outside, in order. */
  readonly told: { name: ServerEventName; event: object }[];
  /** Of one name. */
  toldOf<Name extends ServerEventName>(name: Name): ServerEvents[Name][];
  connect(user?: string): FakeClient;
  /** The value of a room's machine, such as `{ active: { journal: 'clean', … } }`. */
  stateOf(room: string): unknown;
}

const MIB = 1024 * 1024;

const OPEN_TO_ALL: RoomRules = {
  join: 'anyone',
  publish: 'anyone',
  presence: 'anyone',
  history: 'anyone',
  rpc: 'anyone',
};

const NO_APPLICATION: ApplicationPort = {
  call: () => failCall('unknownFunction'),
  takesMessages: false,
  take() {},
};

const NO_HANDSHAKE: Handshake = {
  query: '',
  headers: {},
  address: '127.0.0.1',
  protocol: 'test',
  transport: 'websocket',
};

export function createHarness(options: HarnessOptions = {}): Harness {
  const clock = options.clock ?? new FakeClock();
  const store = options.store ?? new FaultyStore();
  const told: Harness['told'] = [];
  const events: EventSink = { emit: (name, event) => void told.push({ name, event }), isHeard: () => true };
  const machines = createMachines(options.observer ?? NO_OBSERVER, () => clock.monotonic(), {
    ...MACHINES,
    ...options.machines,
  });
  const directory = createDirectory(machines.connection, clock, options.elsewhere);
  const broker = options.broker ?? createMemoryBroker({ clock, newEpoch: () => 'epoch' });
  const clients = new Set<FakeClient>();
  const taps = new Taps();
  broker.attach({
    publication(publication) {
      const { room, data } = publication;
      taps.publication(publication);
      for (const client of clients) if (client.subscribed.has(room)) client.frames.push(data);
    },
    broadcast(data) {
      for (const client of clients) client.frames.push(data);
    },
  });
  const durability = options.durability ?? 'relaxed';
  const presence = options.presence ?? createMemoryPresence();
  const optionsOf = (): RoomOptions => ({
    capacity: 100,
    history: { size: 0, ttlMs: 0 },
    stream: { size: options.limits?.history?.size ?? 0, recover: true, delta: false },
    joinLeave: false,
    isKnown: true,
    rules: OPEN_TO_ALL,
    handlerMs: 1_000,
    messageBytes: DEFAULT_MESSAGE_BYTES,
    lingerMs: 10_000,
    ...options.limits,
    rpc: options.allowed ?? [],
    handlers: options.handlers ?? {},
  });
  const limits = {
    messageBytes: DEFAULT_MESSAGE_BYTES,
    roomNameBytes: DEFAULT_ROOM_NAME_BYTES,
    rooms: 1_000,
    guestRooms: options.guestRooms ?? 1_000,
  };
  const rooms = createRooms({
    directory,
    store,
    broker,
    taps,
    presence,
    rpc: options.rpc ?? { call: async () => failCall('unknownFunction') },
    events,
    clock,
    optionsOf,
    durability,
    flushMs: durability === 'strict' ? 0 : 50,
    awayTtlMs: options.awayTtlMs ?? 60_000,
    reconnectMs: options.reconnectMs ?? 0,
    limits,
    isMuted: () => false,
    isStopping: () => false,
    isRestoring: () => false,
    broadcast(data, publisher) {
      void broker.broadcast(data);
      publisher.settle({ type: 'broadcasted' }, SERVER);
    },
    machines,
  });
  const queries = createRoomQueries({ directory, broker, presence, events, clock, optionsOf, limits });
  let connected = 0;
  return {
    clock,
    directory,
    rooms,
    store,
    broker,
    presence,
    told,
    toldOf: (name) => told.filter((entry) => entry.name === name).map((entry) => entry.event as never),
    connect(user) {
      connected += 1;
      const id = `c${connected}`;
      const client = new FakeClient(id);
      clients.add(client);
      client.actor = directory.openConnection(
        {
          member: { id, ...(user !== undefined && { user }) },
          remoteAddress: '127.0.0.1',
          protocol: { greeting: 'handshake', keepsOrder: true, ...options.protocol },
          ...(options.authenticator !== undefined && { handshake: NO_HANDSHAKE }),
        },
        client,
        {
          rooms,
          queries,
          application: options.application ?? NO_APPLICATION,
          authenticator: options.authenticator,
          revocations: options.revocations ?? { check: () => undefined },
          pings: { intervalMs: 25_000, pongMs: 8_000, random: () => 0.5 },
          limits: {
            roomsPerConnection: options.roomsPerConnection ?? 128,
            receiveQueueBytes: options.receiveQueueBytes ?? MIB,
            callsPerConnection: 2,
            sendMemoryBytes: 0,
            connectionsPerUser: options.connectionsPerUser ?? 0,
          },
          events,
          rateRules: options.rates && createRateRules({ ...NO_RATES, ...options.rates }),
        },
      );
      return client;
    },
    stateOf: (room) => directory.rooms.get(room)?.snapshot?.value,
  };
}

const NO_RATES: RateSettings = {
  messagesPerSecond: 0,
  bytesPerSecond: 0,
  joinsPerSecond: 0,
  newRoomsPerSecond: 0,
  broadcastsPerSecondPerConnection: 0,
  roomsPerConnection: 1,
  messageBytes: DEFAULT_MESSAGE_BYTES,
};

/** The socket of a connection: it remembers what it was told. */
export class FakeClient implements ConnectionPort {
  readonly id: string;
  actor: ConnectionRef | undefined;
  readonly subscribed = new Set<string>();
  /** Replies and messages in the order in which they were sent. */
  readonly frames: (Reply | Push | Json)[] = [];
  closedWith: CloseName | CustomClose | undefined;
  closeReason: string | undefined;

  constructor(id: string) {
    this.id = id;
  }

  reply(reply: Reply): void {
    this.frames.push(withoutGrounds(reply));
  }

  push(push: Push): void {
    this.frames.push(withoutGrounds(push));
  }

  subscribe(room: string): void {
    this.subscribed.add(room);
  }

  unsubscribe(room: string): void {
    this.subscribed.delete(room);
  }

  close(close: CloseName | CustomClose, reason?: string): void {
    this.closedWith = close;
    this.closeReason = reason;
    this.#tell({ type: 'socket.closed', code: 3000, reason: reason ?? '' });
  }

  /** The client's own commands. */
  send(...commands: Command[]): void {
    for (const command of commands) this.actor?.getSnapshot().context.queue.take(command);
  }

  /** The socket breaks without a close frame. */
  lose(): void {
    this.#tell({ type: 'socket.closed', code: 1006, reason: '' });
  }

  #tell(event: ConnectionEvent): void {
    if (this.actor !== undefined) send(this.actor, event, 'socket');
  }
}

/** A store in memory whose calls can be made to fail, or to wait. */
export class FaultyStore implements MembershipStore {
  readonly members = new Map<string, Map<string, StoredMember>>();
  /** Every write that reached the store, refused ones too. */
  readonly writes: { room: string; changes: readonly MembershipChange[] }[] = [];
  /** While set, every call rejects with it. */
  error: Error | undefined;
  #gate: Promise<void> | undefined;
  #open: (() => void) | undefined;

  /** Lets calls wait until `release`. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#gate = undefined;
    this.#open?.();
  }

  put(room: string, member: StoredMember): this {
    const ofRoom = this.members.get(room) ?? new Map<string, StoredMember>();
    this.members.set(room, ofRoom.set(member.id, member));
    return this;
  }

  idsOf(room: string): string[] {
    return [...(this.members.get(room)?.keys() ?? [])];
  }

  async rooms() {
    await this.#admit();
    return { rooms: [...this.members.keys()] };
  }

  async load(room: string): Promise<LoadedRoom> {
    await this.#admit();
    return { members: [...(this.members.get(room)?.values() ?? [])] };
  }

  async write(room: string, changes: readonly MembershipChange[]) {
    this.writes.push({ room, changes });
    await this.#admit();
    for (const change of changes) {
      if (change.type === 'put') this.put(room, change.member);
      else this.members.get(room)?.delete(change.id);
    }
  }

  async close() {}

  async #admit(): Promise<void> {
    await this.#gate;
    if (this.error !== undefined) throw this.error;
  }
}

/** Lets time pass in small steps, so that a timer that starts another is not late. */
export async function pass(clock: FakeClock, ms: number): Promise<void> {
  const STEP_MS = 250;
  for (let passed = 0; passed < ms; passed += STEP_MS) clock.increment(Math.min(STEP_MS, ms - passed));
  await settle();
}

/** What the Centrifuge protocol asks of a connection. */
export const CENTRIFUGE = {
  greeting: 'connect',
  keepsOrder: false,
  pings: true,
  readsStreams: true,
} as const;

/** Lets promises settle, turn by turn, until `condition` holds; fails after many turns without it. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turn = 0; turn < 1_000; turn += 1) {
    if (condition()) return;
    await nextTurn();
  }
  throw new Error(`this never came true: ${condition.toString()}`);
}

/** Lets promises that are already settled be noticed. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await nextTurn();
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export const join = (room: string): Command => ({ type: 'room.join', room });
export const leave = (room: string): Command => ({ type: 'room.leave', room });
export const publish = (room: string, data: Json): Command => ({ type: 'room.publish', room, data });
export const ping: Command = { type: 'ping' };
export const call = (method: string, args: Json = {}): Command => ({
  type: 'room.call',
  room: 'room1',
  method,
  args,
});

/** What a codec tells of a refusal: its grounds are for operators. */
function withoutGrounds<Told extends object>(told: Told): Told {
  for (const name of ['refusal', 'outcome'] as const) {
    const { grounds, ...rest } = (told as Record<string, { grounds?: unknown } | undefined>)[name] ?? {};
    if (grounds !== undefined) return { ...told, [name]: rest };
  }
  return told;
}
