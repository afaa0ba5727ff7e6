/**
 * The outboxes of webhooks, which the primary holds: workers append to them, and one worker at a time delivers. When that
 * one ends, another goes on with the batch that was not taken.
 */

import type { Clock } from '../../system/clock.ts';
import { Ledger } from '../../webhooks/ledger.ts';
import type { CreateOutbox } from '../../webhooks/outbox/create-outbox.ts';
import type {
  BatchLimits,
  Outbox,
  OutboxBatch,
  OutboxHistory,
  OutboxOptions,
} from '../../webhooks/outbox/outbox.ts';
import type { Channel } from '../channel/channel.ts';
import type { Fetched, Opened } from './remote-outbox.ts';

type Bounds = Pick<OutboxOptions, 'maxEvents' | 'maxBytes'>;

export class OutboxHub {
  readonly #create: CreateOutbox;
  readonly #clock: Clock;
  readonly #outboxes = new Map<string, HeldOutbox>();

  constructor(create: CreateOutbox, clock: Clock) {
    this.#create = create;
    this.#clock = clock;
  }

  /** Serves a worker. Returns what is to be called when it has ended, and is present nowhere any more. */
  serve(channel: Channel): () => void {
    const held = (name: string): HeldOutbox => {
      const outbox = this.#outboxes.get(name);
      if (outbox === undefined) throw new Error(`the outbox ${name} is not open`);
      return outbox;
    };
    channel.serve('outbox', {
      open: (name: string, bounds: Bounds) => this.#open(name, bounds).join(channel),
      append: (name: string, text: string) => held(name).append(text),
      written: (name: string) => held(name).written(channel),
      rooms: (name: string) => held(name).rooms(),
      settle: (name: string, room: string, occupied: boolean, event?: string) =>
        held(name).settle(room, occupied, event),
      fetch: (name: string, limits: BatchLimits) => held(name).fetch(channel, limits),
      take: (name: string, id: string) => held(name).end(channel, id, 'take'),
      drop: (name: string, id: string) => held(name).end(channel, id, 'drop'),
      leave: (name: string) => held(name).leave(channel),
      close: (name: string) => held(name).forget(channel),
    });
    return () => {
      for (const outbox of this.#outboxes.values()) outbox.forget(channel);
    };
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#outboxes.values()].map((outbox) => outbox.close()));
  }

  #open(name: string, bounds: Bounds): HeldOutbox {
    let outbox = this.#outboxes.get(name);
    if (outbox === undefined) {
      outbox = new HeldOutbox(name, bounds, this.#create, this.#clock);
      this.#outboxes.set(name, outbox);
    }
    return outbox;
  }
}

/** A worker that has the outbox open. */
interface Client {
  /** Set when it ends: told when nobody else may append, or another one delivers. */
  leave?: () => void;
}

class HeldOutbox {
  readonly #name: string;
  readonly #outbox: Outbox;
  /** Of rooms alone: what happens to members is known by their store and presence. */
  readonly #ledger = new Ledger();
  readonly #clients = new Map<Channel, Client>();
  #deliverer: Channel | undefined;
  /** The batch on its way, and who has it. */
  #batch: OutboxBatch | undefined;
  #holder: Channel | undefined;
  #opening: Promise<OutboxHistory> | undefined;
  #isTelling = false;

  constructor(name: string, bounds: Bounds, create: CreateOutbox, clock: Clock) {
    this.#name = name;
    this.#outbox = create(name, {
      ...bounds,
      clock,
      state: () => this.#ledger.write(),
      onTrouble: ({ error, ...rest }) =>
        this.#tellSome('trouble', error instanceof Error ? error.message : String(error), rest),
      onDropped: (count, reason) => this.#tellSome('dropped', count, reason),
    });
  }

  async join(channel: Channel): Promise<Opened> {
    const isFirst = this.#opening === undefined;
    this.#clients.set(channel, {});
    this.#opening ??= this.#open();
    const { clean } = await this.#opening;
    this.#elect();
    // The runs of the server matter, and not those of workers.
    return { clean: clean || !isFirst, isPersistent: this.#outbox.isPersistent };
  }

  append(text: string): void {
    this.#outbox.append({ kind: 'event', text });
    this.#tellLater();
  }

  async written(channel: Channel): Promise<void> {
    await this.#outbox.written?.();
    if (channel === this.#deliverer) this.#tellBacklog();
  }

  async rooms(): Promise<readonly string[]> {
    return this.#outbox.rooms?.list() ?? [...this.#ledger.occupied];
  }

  async settle(room: string, occupied: boolean, event: string | undefined): Promise<boolean> {
    const { rooms } = this.#outbox;
    if (rooms !== undefined) {
      const isNews = await rooms.settle(room, occupied, event);
      this.#tellLater();
      return isNews;
    }
    if (this.#ledger.occupied.has(room) === occupied) return false;
    this.#ledger.settle(room, occupied);
    const type = occupied ? 'room.occupied' : 'room.vacated';
    if (event === undefined)
      this.#outbox.append({ kind: 'note', text: JSON.stringify({ type, channel: room }) });
    else this.append(event);
    return true;
  }

  async fetch(channel: Channel, limits: BatchLimits): Promise<Fetched> {
    const isFree = this.#holder === undefined || this.#holder === channel;
    if (channel !== this.#deliverer || !isFree) return { backlog: NOTHING };
    await this.#outbox.fetch?.(limits);
    this.#batch = this.#outbox.next(limits);
    this.#holder = this.#batch === undefined ? undefined : channel;
    return { batch: this.#batch, backlog: this.#outbox.backlog };
  }

  end(channel: Channel, id: string, how: 'take' | 'drop'): void {
    if (channel !== this.#holder || this.#batch?.id !== id) return;
    this.#outbox[how](this.#batch);
    this.#release();
  }

  /** Resolves when another worker delivers, or when the others have ended and this one has the rest. */
  leave(channel: Channel): Promise<void> {
    return new Promise((resolve) => {
      this.#clients.set(channel, { leave: resolve });
      this.#elect();
      this.#letGo();
    });
  }

  forget(channel: Channel): void {
    if (!this.#clients.delete(channel)) return;
    if (this.#holder === channel) this.#release();
    this.#elect();
    this.#letGo();
    // It may have been about to decide about rooms.
    this.#deliverer?.tell('outbox.adopted', [this.#name]);
  }

  async close(): Promise<void> {
    await this.#opening;
    await this.#outbox.close();
  }

  async #open(): Promise<OutboxHistory> {
    const history = await this.#outbox.open();
    const known = new Ledger();
    if (history.state !== undefined) known.read(history.state);
    for (const { text } of history.entries) {
      const { type, channel = '' } = JSON.parse(text) as { type: string; channel?: string };
      if (type === 'room.occupied' || type === 'room.vacated')
        known.settle(channel, type === 'room.occupied');
    }
    for (const room of known.occupied) this.#ledger.settle(room, true);
    return history;
  }

  /** One that stays, if there is one. */
  #elect(): void {
    const before = this.#deliverer;
    const isLeaving = (channel: Channel): boolean => this.#clients.get(channel)?.leave !== undefined;
    if (before !== undefined && this.#clients.has(before) && !isLeaving(before)) return;
    const all = [...this.#clients.keys()];
    const kept = before !== undefined && this.#clients.has(before) ? before : all[0];
    this.#deliverer = all.find((channel) => !isLeaving(channel)) ?? kept;
    if (this.#deliverer !== before) this.#tellBacklog();
  }

  #letGo(): void {
    for (const [channel, { leave }] of this.#clients) {
      if (channel !== this.#deliverer || this.#clients.size === 1) leave?.();
    }
  }

  #release(): void {
    this.#batch = undefined;
    this.#holder = undefined;
    this.#tellLater();
  }

  #tellLater(): void {
    if (this.#isTelling) return;
    this.#isTelling = true;
    setImmediate(() => this.#tellBacklog());
  }

  /** What another worker has on its way is not for this one. */
  #tellBacklog(): void {
    this.#isTelling = false;
    const isFree = this.#holder === undefined || this.#holder === this.#deliverer;
    this.#deliverer?.tell('outbox.backlog', [this.#name, isFree ? this.#outbox.backlog : NOTHING]);
  }

  #tellSome(method: string, ...args: readonly unknown[]): void {
    const some = this.#deliverer ?? this.#clients.keys().next().value;
    some?.tell(`outbox.${method}`, [this.#name, ...args]);
  }
}

const NOTHING = { events: 0, bytes: 0 };
