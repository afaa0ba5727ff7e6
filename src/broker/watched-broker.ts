/**
 * Watches a broker that may lose publications on their way to this node: finds gaps in what comes, and, by asking, what
 * never came. It knows no members.
 */

import type { Publication } from '../protocol/command.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import type { Broker, BrokerListener, History, HistoryQuery } from './broker.ts';
import { ForwardingBroker } from './forwarding-broker.ts';
import { HeardStream } from './heard-stream.ts';

/** How often it is asked where streams stand. */
const CHECK_MS = 40_000;
/** How long a publication may be on its way after the history has it. */
const LATE_MS = 2_000;
/** Streams that are asked for at a time. */
const CHECKS_AT_A_TIME = 64;

export interface WatchOptions {
  readonly clock: Clock;
  /** Whether the stream of a room keeps anything. Without that, nobody can tell what was missed. */
  readonly keepsHistory: (room: string) => boolean;
  /** Whether somebody counts on the position of a room's stream. */
  readonly isWatched: (room: string) => boolean;
  /** This node has missed a publication of the room. It is told before the next one is brought. */
  readonly onGap: (room: string) => void;
}

/** A broker that loses nothing is returned as it is. */
export function watchBroker(broker: Broker, options: WatchOptions): Broker {
  return broker.mayLose === true ? new WatchedBroker(broker, options) : broker;
}

class WatchedBroker extends ForwardingBroker {
  readonly #options: WatchOptions;
  readonly #listeners: BrokerListener[] = [];
  /** The streams of the rooms that this node hears, and that keep something. */
  readonly #heard = new Map<string, HeardStream>();
  #timer: unknown;
  #isClosed = false;

  constructor(broker: Broker, options: WatchOptions) {
    super(broker);
    this.#options = options;
    this.#scheduleCheck();
  }

  override attach(listener: BrokerListener): void {
    this.#listeners.push(listener);
    if (this.#listeners.length > 1) return;
    const all = this.#listeners;
    super.attach({
      publication: (publication) => this.#publication(publication),
      broadcast: (data, from) => all.forEach((each) => each.broadcast(data, from)),
      joined: (room, member) => all.forEach((each) => each.joined?.(room, member)),
      left: (room, member) => all.forEach((each) => each.left?.(room, member)),
      missed: (room, position) => {
        if (this.#heard.get(room)?.skipTo(position) === true) this.#options.onGap(room);
      },
    });
  }

  /** What it returns was brought to this node before, where the node hears the room. */
  override async history(room: string, query?: HistoryQuery): Promise<History> {
    const history = await super.history(room, query);
    const heard = this.#heard.get(room);
    if (heard !== undefined && !(await heard.reaches(history, this.#options.clock, LATE_MS))) {
      if (heard.skipTo(history)) this.#options.onGap(room);
    }
    return history;
  }

  override async subscribe(room: string): Promise<void> {
    if (!this.#options.keepsHistory(room)) return super.subscribe(room);
    const heard = new HeardStream();
    this.#heard.set(room, heard);
    await super.subscribe(room);
    heard.begin(await super.history(room, { limit: 0 }));
  }

  override unsubscribe(room: string): void | Promise<void> {
    this.#heard.get(room)?.end();
    this.#heard.delete(room);
    return super.unsubscribe(room);
  }

  override close(): void | Promise<void> {
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#timer);
    for (const heard of this.#heard.values()) heard.end();
    this.#heard.clear();
    return super.close();
  }

  #publication(publication: Publication): void {
    const { room } = publication;
    switch (this.#heard.get(room)?.hear(publication)) {
      case 'known':
        return;
      case 'gap':
        this.#options.onGap(room);
        break;
      case 'next':
      case undefined:
    }
    for (const listener of this.#listeners) listener.publication(publication);
  }

  #scheduleCheck(): void {
    this.#timer = startQuietTimer(this.#options.clock, () => void this.#checkAll(), CHECK_MS);
  }

  async #checkAll(): Promise<void> {
    const rooms = [...this.#heard.keys()].filter((room) => this.#options.isWatched(room));
    for (let start = 0; start < rooms.length; start += CHECKS_AT_A_TIME) {
      // A broker that does not answer now is asked again with the next check.
      await Promise.allSettled(
        rooms.slice(start, start + CHECKS_AT_A_TIME).map((room) => this.history(room, { limit: 0 })),
      );
    }
    if (!this.#isClosed) this.#scheduleCheck();
  }
}
