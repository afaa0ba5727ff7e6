/** The outbox of a webhook, as a worker uses it: the primary holds it, and has one worker deliver. */

import type { CreateOutbox } from '../../webhooks/outbox/create-outbox.ts';
import type {
  Backlog,
  BatchLimits,
  DropReason,
  KnownRooms,
  Outbox,
  OutboxBatch,
  OutboxEntry,
  OutboxHistory,
  OutboxOptions,
} from '../../webhooks/outbox/outbox.ts';
import type { Channel } from '../channel/channel.ts';

export interface Opened {
  readonly clean: boolean;
  readonly isPersistent: boolean;
}

export interface Fetched {
  readonly batch?: OutboxBatch | undefined;
  readonly backlog: Backlog;
}

/** A disk may be slow. */
const DISK_MS = 60_000;
/** How long the last worker waits for what others append, in milliseconds. */
const LEAVE_MS = 60_000;

export function createRemoteOutboxes(channel: Channel): CreateOutbox {
  const outboxes = new Map<string, RemoteOutbox>();
  channel.serve('outbox', {
    backlog: (name: string, backlog: Backlog) => outboxes.get(name)?.learn(backlog),
    adopted: (name: string) => outboxes.get(name)?.options.onAdopted?.(),
    trouble: (name: string, error: string, rest: object) =>
      outboxes.get(name)?.options.onTrouble({ error: new Error(error), ...rest }),
    dropped: (name: string, count: number, reason: DropReason) =>
      outboxes.get(name)?.options.onDropped(count, reason),
  });
  return (name, options) => {
    const outbox = new RemoteOutbox(channel, name, options);
    outboxes.set(name, outbox);
    return outbox;
  };
}

class RemoteOutbox implements Outbox {
  readonly options: OutboxOptions;
  readonly rooms: KnownRooms;
  readonly #channel: Channel;
  readonly #name: string;
  #isPersistent = true;
  /** Nothing in a worker that does not deliver. */
  #backlog: Backlog = { events: 0, bytes: 0 };
  #batch: OutboxBatch | undefined;
  #isClosed = false;

  constructor(channel: Channel, name: string, options: OutboxOptions) {
    this.#channel = channel;
    this.#name = name;
    this.options = options;
    this.rooms = {
      list: () => this.#call('rooms') as Promise<readonly string[]>,
      settle: (room, occupied, event) =>
        this.#call('settle', room, occupied, ...(event === undefined ? [] : [event])) as Promise<boolean>,
    };
  }

  get isPersistent(): boolean {
    return this.#isPersistent;
  }

  get backlog(): Backlog {
    return this.#backlog;
  }

  async open(): Promise<OutboxHistory> {
    const { maxEvents, maxBytes } = this.options;
    const { clean, isPersistent } = (await this.#call('open', { maxEvents, maxBytes })) as Opened;
    this.#isPersistent = isPersistent;
    return { entries: [], clean };
  }

  append({ kind, text }: OutboxEntry): void {
    if (kind === 'event') this.#tell('append', text);
  }

  async written(): Promise<void> {
    if (!this.#isClosed) await this.#call('written');
  }

  async fetch(limits: BatchLimits): Promise<boolean> {
    const { batch, backlog } = (await this.#call('fetch', limits)) as Fetched;
    this.#backlog = backlog;
    this.#batch = batch;
    return batch !== undefined;
  }

  next(): OutboxBatch | undefined {
    return this.#batch;
  }

  take(batch: OutboxBatch): void {
    this.#end(batch, 'take');
  }

  drop(batch: OutboxBatch): void {
    this.#end(batch, 'drop');
  }

  async leave(): Promise<void> {
    await this.#channel.call('outbox.leave', [this.#name], LEAVE_MS);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.#call('close').catch(() => undefined);
    this.#isClosed = true;
  }

  /** The primary has told what waits. */
  learn(backlog: Backlog): void {
    const hadNone = this.#backlog.events === 0;
    this.#backlog = backlog;
    if (hadNone && backlog.events > 0) this.options.onWaiting?.();
  }

  #end(batch: OutboxBatch, how: 'take' | 'drop'): void {
    if (batch !== this.#batch) return;
    this.#batch = undefined;
    const { events, bytes } = this.#backlog;
    this.#backlog = { events: Math.max(0, events - batch.events.length), bytes };
    this.#tell(how, batch.id);
  }

  #call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.#channel.call(`outbox.${method}`, [this.#name, ...args], DISK_MS);
  }

  #tell(method: string, ...args: readonly unknown[]): void {
    if (!this.#isClosed) this.#channel.tell(`outbox.${method}`, [this.#name, ...args]);
  }
}
