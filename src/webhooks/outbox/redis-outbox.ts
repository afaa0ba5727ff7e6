/**
 * The outbox of one node in Redis. Its events are in memory, from where they are delivered, and what is done to them is
 * written to Redis within the turn. Another node takes over what is left there when this one has ended.
 */

import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import type { Redis } from '../../redis/redis.ts';
import type { RedisKeys } from '../../redis/keys.ts';
import type { CreateOutbox } from './create-outbox.ts';
import { createMemoryOutbox, type MemoryOutbox } from './memory-outbox.ts';
import { OutboxMirror, type OutboxRun } from './outbox-mirror.ts';
import { MOVE, SETTLE } from './redis-outbox-scripts.ts';
import type {
  Backlog,
  BatchLimits,
  KnownRooms,
  Outbox,
  OutboxBatch,
  OutboxEntry,
  OutboxHistory,
  OutboxOptions,
} from './outbox.ts';

export interface RedisOutboxesOptions {
  /** It has loaded `OUTBOX_SCRIPTS`. */
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The id of this node, which no other one has had. */
  readonly node: string;
  /** The ids of the nodes that live: what others have left is taken over. */
  readonly living: () => Promise<ReadonlySet<string>>;
}

/** How often it is looked for what nodes have left, and how long after a failure, in milliseconds. */
const SWEEP_MS = 5_000;
/** How many events are taken over at a time. */
const PAGE_EVENTS = 500;
/** How long closing waits for Redis, in milliseconds. */
const CLOSE_MS = 2_000;
/** Events that were taken over, and are not in the order of this node yet, have scores from here on. */
const ADOPTED_SCORES = 2 ** 52;
/** The score of events that were news, until they are in that order. */
const NEWS_SCORE = 2 ** 53 - 1;

/** Outboxes in Redis, for a server that is one of several nodes. */
export function createRedisOutboxes(options: RedisOutboxesOptions): CreateOutbox {
  return (webhook, outboxOptions) => new RedisOutbox(webhook, options, outboxOptions);
}

/** A batch on its way, and the score of its first event. */
interface Taking {
  readonly batch: OutboxBatch;
  readonly from: number;
}

class RedisOutbox implements Outbox {
  readonly isPersistent = true;
  readonly rooms: KnownRooms;
  readonly #webhook: string;
  readonly #node: RedisOutboxesOptions;
  readonly #options: OutboxOptions & { readonly clock: Clock };
  readonly #memory: MemoryOutbox;
  readonly #mirror: OutboxMirror;
  /** The score of the oldest event that waits behind the batch on its way. */
  #front = 1;
  #taking: Taking | undefined;
  #adopted = ADOPTED_SCORES;
  /** Nodes that did not live when it was looked last; undefined before the first look. */
  #suspects: ReadonlySet<string> | undefined;
  #timer: unknown;
  #isClosed = false;

  constructor(
    webhook: string,
    node: RedisOutboxesOptions,
    options: OutboxOptions & { readonly clock: Clock },
  ) {
    const { redis, keys } = node;
    this.#webhook = webhook;
    this.#node = node;
    this.#options = options;
    this.#memory = createMemoryOutbox({
      ...options,
      onDropped: (count, reason) => {
        if (reason === 'full') this.#forget(count);
        options.onDropped(count, reason);
      },
    });
    this.#mirror = new OutboxMirror({
      redis,
      node: node.node,
      keys: [keys.outboxes(webhook), keys.outbox(webhook, node.node)],
      clock: options.clock,
      content: () => this.#content(),
      onTrouble: options.onTrouble,
    });
    this.rooms = {
      list: async () =>
        (await redis.command(keys.occupied(webhook), ['SMEMBERS', keys.occupied(webhook)])) as string[],
      settle: (...change) => this.#settle(...change),
    };
  }

  async open(): Promise<OutboxHistory> {
    this.#mirror.start();
    await this.#sweep();
    return { entries: [], clean: true };
  }

  append(entry: OutboxEntry): void {
    if (this.#isClosed || entry.kind === 'note') return;
    this.#mirror.add(entry.text);
    this.#memory.append(entry);
  }

  written(): Promise<void> {
    return this.#mirror.settled();
  }

  next(limits: BatchLimits): OutboxBatch | undefined {
    const batch = this.#memory.next(limits);
    if (batch !== undefined && batch !== this.#taking?.batch) {
      this.#taking = { batch, from: this.#front };
      this.#front += batch.events.length;
    }
    return batch;
  }

  take(batch: OutboxBatch): void {
    this.#end(batch);
    this.#memory.take(batch);
  }

  drop(batch: OutboxBatch): void {
    this.#end(batch);
    this.#memory.drop(batch);
  }

  get backlog(): Backlog {
    return this.#memory.backlog;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const { clock } = this.#options;
    clock.clearTimeout(this.#timer);
    try {
      await settleInTime(clock, this.#mirror.written(), CLOSE_MS, 'Redis has not kept what waits');
    } catch {
      const lost = Math.min(this.#mirror.unwritten, this.backlog.events);
      if (lost > 0) this.#options.onDropped(lost, 'unwritten');
    }
    this.#mirror.close();
  }

  #end(batch: OutboxBatch): void {
    const taking = this.#taking;
    if (taking?.batch !== batch || this.#isClosed) return;
    this.#taking = undefined;
    this.#mirror.remove(taking.from, batch.events.length);
  }

  #forget(count: number): void {
    this.#mirror.remove(this.#front, count);
    this.#front += count;
  }

  /** All events in memory: those on their way, and those that wait. */
  #content(): readonly OutboxRun[] {
    const texts = this.#memory.texts();
    const { batch, from = 0 } = this.#taking ?? {};
    const taken = batch?.events.length ?? 0;
    return [
      { from, texts: texts.slice(0, taken) },
      { from: this.#front, texts: texts.slice(taken) },
    ];
  }

  async #settle(room: string, occupied: boolean, event: string | undefined): Promise<boolean> {
    const { redis, keys, node } = this.#node;
    const changed = await redis.run(
      SETTLE,
      [keys.outboxes(this.#webhook), keys.outbox(this.#webhook, node), keys.occupied(this.#webhook)],
      [node, occupied ? 'SADD' : 'SREM', room, ...(event === undefined ? [] : [String(NEWS_SCORE), event])],
    );
    // It gets its place among the events of this node.
    if (changed === 1 && event !== undefined) this.append({ kind: 'event', text: event });
    return changed === 1;
  }

  /** Takes over what nodes have left that do not live any more. */
  async #sweep(): Promise<void> {
    const { redis, keys, node, living } = this.#node;
    try {
      const known = (await redis.command(keys.outboxes(this.#webhook), [
        'SMEMBERS',
        keys.outboxes(this.#webhook),
      ])) as readonly string[];
      const alive = known.some((id) => id !== node) ? await living() : new Set<string>();
      const dead = known.filter((id) => id !== node && !alive.has(id));
      // One that has just lost its place among the living, such as by a restart of Redis, gets time to come back.
      const left = dead.filter((id) => this.#suspects?.has(id) ?? true);
      this.#suspects = new Set(dead);
      for (const id of left) await this.#adopt(id);
    } catch {
      this.#suspects ??= new Set();
      // It is tried again; that Redis cannot be used is told by whoever looks after the connection.
    }
    if (!this.#isClosed)
      this.#timer = startQuietTimer(this.#options.clock, () => void this.#sweep(), SWEEP_MS);
  }

  async #adopt(dead: string): Promise<void> {
    const { redis, keys, node } = this.#node;
    const { maxEvents, maxBytes, onAdopted } = this.#options;
    const outboxes = [
      keys.outboxes(this.#webhook),
      keys.outbox(this.#webhook, node),
      keys.outbox(this.#webhook, dead),
    ];
    const page = Math.min(PAGE_EVENTS, maxEvents);
    for (;;) {
      // What there is no room for stays where it is, for later or for another node.
      const { events: waiting, bytes } = this.backlog;
      if (this.#isClosed || waiting + page > maxEvents || bytes > maxBytes / 2) return;
      const args = [node, dead, page, this.#adopted].map(String);
      const [isForgotten, events] = (await redis.run(MOVE, outboxes, args)) as [number, readonly string[]];
      this.#adopted += page;
      for (const text of events) this.append({ kind: 'event', text });
      if (events.length > 0 || isForgotten === 1) onAdopted?.();
      if (events.length === 0 || isForgotten === 1) return;
    }
  }
}
