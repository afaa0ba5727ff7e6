/** The broker of several nodes on Redis: a channel and a stream for each room. Which server of Redis a room is on is not known here. */

import { randomBytes } from 'node:crypto';
import type { Json, MemberInfo, RoomMember } from '../../protocol/command.ts';
import { parseExactJson, writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { DueCalls } from '../../redis/due-calls.ts';
import type { RedisKeys } from '../../redis/keys.ts';
import type { Redis, Restored } from '../../redis/redis.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryQuery,
  Position,
  PublishOptions,
} from '../broker.ts';
import { HISTORY_SCRIPT } from './history-script.ts';
import { readHistory, writeBody, writeMember } from './live-message.ts';
import { PublishLane, type LaneItem, type LaneSurroundings } from './publish-lane.ts';
import { RoomEar, type EarSurroundings } from './room-ear.ts';

/** How long a position is remembered after the latest publication, in milliseconds. */
const POSITION_MS = 30 * 24 * 60 * 60_000;
/** How long a publication may be on its way after the history has it, in milliseconds; then the stream is read. */
const LATE_MS = 500;
/** Rooms whose streams are read at a time after a connection was lost. */
const ROOMS_AT_A_TIME = 64;
/** How long reading a stream may take, in milliseconds. */
const READ_MS = 10_000;

export interface RedisBrokerOptions {
  /** It stays open when the broker is closed. */
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The id of this node, another one after each start. */
  readonly node: string;
  readonly clock: Clock;
}

export interface RedisBroker extends Broker {
  /** Messages and lines in formats that this version does not know. */
  readonly unknownMessages: number;
}

export function createRedisBroker(options: RedisBrokerOptions): RedisBroker {
  return new Streams(options);
}

class Streams implements RedisBroker {
  readonly mayLose = true;
  unknownMessages = 0;
  readonly #redis: Redis;
  readonly #keys: RedisKeys;
  readonly #clock: Clock;
  readonly #listeners: BrokerListener[] = [];
  readonly #lanes = new Map<string, PublishLane>();
  /** Lanes that are flushed at the end of this turn. */
  #dirty: PublishLane[] = [];
  readonly #ears = new Map<string, { readonly ear: RoomEar; readonly subscribed: Promise<void> }>();
  readonly #aroundLanes: LaneSurroundings;
  readonly #aroundEars: EarSurroundings;
  readonly #endRestored: () => void;
  readonly #leaves: DueCalls;
  #hearsEverybody = false;
  /** Of the calls of this node. */
  #number = 0;
  readonly #epochs = randomBytes(6).toString('base64url');
  #isClosed = false;

  constructor({ redis, keys, node, clock }: RedisBrokerOptions) {
    this.#redis = redis;
    this.#keys = keys;
    this.#clock = clock;
    this.#aroundLanes = {
      redis,
      clock,
      publishWord: redis.isSharded ? 'SPUBLISH' : 'PUBLISH',
      nodeField: `w:${node}`,
      nextNumber: () => (this.#number += 1),
      newEpoch: () => this.#newEpoch(),
      heard: (room) => this.#ears.get(room)?.ear.position,
      positionMs: POSITION_MS,
      onIdle: (room) => void this.#lanes.delete(room),
    };
    this.#aroundEars = {
      listeners: this.#listeners,
      read: (room, since) =>
        settleInTime(clock, this.#read(room, { since }), READ_MS, 'the stream was not read in time'),
      onUnknown: () => (this.unknownMessages += 1),
    };
    this.#endRestored = redis.onRestored((restored) => void this.#catchUp(restored));
    this.#leaves = new DueCalls(redis);
    void this.#hearEverybody();
  }

  attach(listener: BrokerListener): void {
    this.#listeners.push(listener);
  }

  publish(room: string, data: Json, options: PublishOptions): Promise<Accepted> {
    const keeps = options.skipHistory !== true && options.history !== undefined && options.history.size > 0;
    const line = `${keeps ? 'k' : 's'}${writeBody(data, options)}`;
    const { idempotencyKey } = options;
    const resultKey = idempotencyKey === undefined ? undefined : this.#keys.done(room, idempotencyKey);
    return this.#say(room, line, keeps ? options.history : undefined, toAsked(options), resultKey);
  }

  async history(room: string, query: HistoryQuery = {}): Promise<History> {
    await this.#lanes.get(room)?.untilIdle();
    const history = await this.#read(room, query);
    const ear = this.#ears.get(room)?.ear;
    ear?.begin(history);
    if (ear?.isBehind(history) === true) this.#catchUpLater(ear, history);
    return history;
  }

  async removeHistory(room: string): Promise<void> {
    await this.#lanes.get(room)?.untilIdle();
    const stream = this.#keys.stream(room);
    await this.#redis.command(stream, ['DEL', stream]);
  }

  position(room: string): Position | undefined {
    const position = this.#ears.get(room)?.ear.position;
    return position && { offset: position.offset, epoch: position.epoch };
  }

  subscribe(room: string): Promise<void> {
    const known = this.#ears.get(room);
    if (known !== undefined) return known.subscribed;
    const ear = new RoomEar(room, this.#aroundEars);
    const subscribed = this.#redis
      .subscribe(this.#keys.live(room), (message) => ear.hear(message))
      .catch((error: unknown) => {
        ear.close();
        if (this.#ears.get(room)?.ear === ear) this.#ears.delete(room);
        throw error;
      });
    this.#ears.set(room, { ear, subscribed });
    return subscribed;
  }

  async unsubscribe(room: string): Promise<void> {
    const known = this.#ears.get(room);
    if (known === undefined) return;
    known.ear.close();
    this.#ears.delete(room);
    await this.#redis.unsubscribe(this.#keys.live(room));
  }

  async join(room: string, member: RoomMember): Promise<void> {
    this.#leaves.forget(`${room}\n${member.id}`);
    await this.#say(room, `j${writeMember(member)}`);
  }

  async leave(room: string, member: RoomMember): Promise<void> {
    const tell = () => this.#say(room, `l${writeMember(member)}`);
    await this.#leaves.make(`${room}\n${member.id}`, this.#keys.live(room), tell);
  }

  broadcast(data: Json, from?: MemberInfo): Promise<void> {
    const said = from === undefined ? { data } : { data, from };
    return this.#redis.publish(this.#keys.everybody, `a${writeExactJson(said as unknown as ExactJson)}`);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endRestored();
    this.#leaves.close();
    this.#listeners.length = 0;
    await Promise.allSettled([
      this.#redis.unsubscribe(this.#keys.everybody),
      ...[...this.#ears.keys()].map((room) => this.unsubscribe(room)),
      ...[...this.#lanes.values()].map((lane) => lane.untilIdle()),
    ]);
  }

  #say(
    room: string,
    line: string,
    history?: LaneItem['history'],
    asked?: readonly string[],
    resultKey?: string,
  ): Promise<Accepted> {
    return new Promise((resolve, reject) => {
      const isFirst = this.#laneOf(room).add({
        line,
        history,
        asked,
        resultKey,
        resolve,
        reject,
      });
      if (isFirst) this.#flushLater(room);
    });
  }

  #laneOf(room: string): PublishLane {
    let lane = this.#lanes.get(room);
    if (lane === undefined) {
      const keys = this.#keys;
      const own = { position: keys.position(room), stream: keys.stream(room), live: keys.live(room) };
      lane = new PublishLane(room, own, this.#aroundLanes);
      this.#lanes.set(room, lane);
    }
    return lane;
  }

  #flushLater(room: string): void {
    const lane = this.#lanes.get(room);
    if (lane === undefined) return;
    this.#dirty.push(lane);
    if (this.#dirty.length > 1) return;
    setImmediate(() => {
      const lanes = this.#dirty;
      this.#dirty = [];
      for (const each of lanes) each.flush();
    });
  }

  async #read(room: string, { since, limit, reverse }: HistoryQuery): Promise<History> {
    const keys = [this.#keys.position(room), this.#keys.stream(room)];
    const heard = this.#ears.get(room)?.ear;
    const args = [
      this.#newEpoch(),
      String(POSITION_MS),
      since?.epoch ?? '',
      since === undefined ? '' : String(toOffset(since.offset)),
      limit === undefined || limit === Infinity ? '' : String(toOffset(limit)),
      reverse === true ? '1' : '',
      heard?.position?.epoch ?? '',
      String(heard?.position?.offset ?? 0),
      String(heard?.time ?? 0),
    ];
    return readHistory(room, await this.#redis.run(HISTORY_SCRIPT, keys, args));
  }

  /** In case that one begins. Random bytes for each call would take longer than the rest of it. */
  #newEpoch(): string {
    return `${this.#epochs}${(this.#number += 1).toString(36)}`;
  }

  #catchUpLater(ear: RoomEar, position: Position): void {
    startQuietTimer(
      this.#clock,
      () => {
        if (ear.isBehind(position)) void ear.catchUp();
      },
      LATE_MS,
    );
  }

  async #catchUp(restored: Restored): Promise<void> {
    if (restored.affects(this.#keys.everybody)) void this.#hearEverybody();
    const ears = [...this.#ears].filter(([room]) => restored.affects(this.#keys.live(room)));
    for (let start = 0; start < ears.length; start += ROOMS_AT_A_TIME) {
      const some = ears.slice(start, start + ROOMS_AT_A_TIME);
      await Promise.all(some.map(([, { ear }]) => ear.catchUp()));
    }
  }

  async #hearEverybody(): Promise<void> {
    if (this.#hearsEverybody) return;
    this.#hearsEverybody = true;
    try {
      await this.#redis.subscribe(this.#keys.everybody, (message) => this.#hearBroadcast(message));
    } catch {
      // Tried again when Redis is there.
      this.#hearsEverybody = false;
    }
  }

  #hearBroadcast(message: string): void {
    if (!message.startsWith('a')) {
      this.unknownMessages += 1;
      return;
    }
    const { data, from } = parseExactJson(message.slice(1)) as unknown as {
      readonly data: Json;
      readonly from?: MemberInfo;
    };
    for (const listener of this.#listeners) listener.broadcast(data, from);
  }
}

/** What the script is asked besides to publish; undefined where that is nothing. */
function toAsked({ version, idempotencyKey, messagesPerSecond }: PublishOptions): string[] | undefined {
  if (version === undefined && idempotencyKey === undefined && messagesPerSecond === undefined) {
    return undefined;
  }
  return [
    ...(idempotencyKey === undefined ? [] : ['I']),
    ...(messagesPerSecond === undefined ? [] : [`R${messagesPerSecond}`]),
    ...(version === undefined ? [] : [`V${version.number}:${version.epoch ?? ''}`]),
  ];
}

/** Offsets of clients may be anything. */
function toOffset(number: number): number {
  return Math.min(Math.max(0, Math.floor(number)), Number.MAX_SAFE_INTEGER);
}
