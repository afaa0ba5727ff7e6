/** How much one connection may ask for in a second: token buckets without timers, of which only moments are kept. */

import type { ReachedLimit } from '../../protocol/grounds.ts';
import type { Clock } from '../../system/clock.ts';

/** What a connection may ask for, each a second; 0 is any number. They are settings of `limits`. */
export interface RateSettings {
  readonly messagesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly joinsPerSecond: number;
  readonly newRoomsPerSecond: number;
  readonly broadcastsPerSecondPerConnection: number;
  readonly roomsPerConnection: number;
  readonly messageBytes: number;
}

export type RateKind = 'messages' | 'bytes' | 'joins' | 'newRooms' | 'broadcasts';

interface RateRule {
  readonly limit: ReachedLimit;
  /** What is refused, for the client: `messages`. */
  readonly what: string;
  readonly intervalMs: number;
  /** How far a bucket may be ahead of the time, so that one more is taken. */
  readonly aheadMs: number;
}

/** The rules of all connections. */
export type RateRules = { readonly [Kind in RateKind]: RateRule | undefined };

/** So many seconds' worth may come at once. */
const BURST_SECONDS = 5;
/** Who has asked for so much more than it may, in seconds' worth, is not answered any more. */
const FLOOD_MS = 10_000;
/** What sums of fractions may lack. */
const ROUNDING_MS = 1e-6;

/** Undefined where nothing is limited. */
export function createRateRules(settings: RateSettings): RateRules | undefined {
  const rule = (name: keyof RateSettings, what: string, atLeast: number): RateRule | undefined => {
    const perSecond = settings[name];
    if (perSecond === 0) return undefined;
    const intervalMs = 1_000 / perSecond;
    const burst = Math.max(atLeast, perSecond * BURST_SECONDS);
    const limit = { name: `limits.${name}`, value: perSecond };
    return { limit, what, intervalMs, aheadMs: (burst - 1) * intervalMs + ROUNDING_MS };
  };
  const rules = {
    messages: rule('messagesPerSecond', 'messages and calls', 1),
    // A message that is allowed is taken, however few bytes a second there may be.
    bytes: rule('bytesPerSecond', 'bytes', 2 * settings.messageBytes),
    // A client that comes back joins all its rooms at once.
    joins: rule('joinsPerSecond', 'joins', settings.roomsPerConnection),
    newRooms: rule('newRoomsPerSecond', 'new rooms', settings.roomsPerConnection),
    broadcasts: rule('broadcastsPerSecondPerConnection', 'broadcasts', 1),
  };
  return Object.values(rules).some((made) => made !== undefined) ? rules : undefined;
}

/** The buckets of one connection. Each is the moment at which it is full again. */
export class ConnectionRates {
  readonly rules: RateRules;
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #fullAt: Record<RateKind, number> = {
    messages: 0,
    bytes: 0,
    joins: 0,
    newRooms: 0,
    broadcasts: 0,
  };
  /** The same of what was refused. */
  #refused = 0;
  /** What the client floods with, once it does. */
  floodsWith: RateKind | undefined;

  constructor(rules: RateRules, clock: Pick<Clock, 'monotonic'>) {
    this.rules = rules;
    this.#clock = clock;
  }

  /** Whether one more would be too many. */
  isOver(kind: RateKind): boolean {
    const rule = this.rules[kind];
    return rule !== undefined && this.#fullAt[kind] - this.#clock.monotonic() > rule.aheadMs;
  }

  spend(kind: RateKind, count = 1): void {
    const rule = this.rules[kind];
    if (rule === undefined) return;
    this.#fullAt[kind] = Math.max(this.#fullAt[kind], this.#clock.monotonic()) + count * rule.intervalMs;
  }

  /** Counts what was refused. Returns whether that is so much that the client is not answered any more. */
  noteRefused(kind: RateKind): boolean {
    const now = this.#clock.monotonic();
    this.#refused = Math.max(this.#refused, now) + (this.rules[kind]?.intervalMs ?? 0);
    if (this.#refused - now <= FLOOD_MS) return false;
    this.floodsWith = kind;
    return true;
  }

  /** Counts bytes that have come. Returns whether they are so many that nothing of them is answered any more. */
  receive(bytes: number): boolean {
    const rule = this.rules.bytes;
    if (rule === undefined) return false;
    this.spend('bytes', bytes);
    if (this.#fullAt.bytes - this.#clock.monotonic() <= rule.aheadMs + FLOOD_MS) return false;
    this.floodsWith = 'bytes';
    return true;
  }
}
