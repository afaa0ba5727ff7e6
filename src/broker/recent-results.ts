/**
 * Remembers for some minutes what came of publications with an idempotency key, so that the same one is made only once.
 * It is bounded: when there are too many keys, the oldest are forgotten.
 */

import type { Clock } from '../system/clock.ts';
import type { Position } from './broker.ts';

/** How long a key is remembered, in milliseconds. */
export const IDEMPOTENCY_MS = 5 * 60_000;

/** What all keys may take in memory. */
const MAX_BYTES = 16 * 1024 * 1024;

/** Counted for each key besides its text: its place in the table, and the result. */
const KEY_BYTES = 512;

interface Result {
  readonly position: Position;
  readonly until: number;
}

export class RecentResults {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #maxBytes: number;
  /** In the order of their ends, which is the one of their beginnings. */
  readonly #results = new Map<string, Result>();
  #bytes = 0;

  /** @param maxBytes What all keys may take in memory. Default 16 MiB. */
  constructor(clock: Pick<Clock, 'monotonic'>, maxBytes: number = MAX_BYTES) {
    this.#clock = clock;
    this.#maxBytes = maxBytes;
  }

  /** What came of the publication with this key; undefined if there was none. */
  find(room: string, key: string): Position | undefined {
    this.#forgetExpired();
    return this.#results.get(nameOf(room, key))?.position;
  }

  keep(room: string, key: string, { offset, epoch }: Position): void {
    const name = nameOf(room, key);
    const until = this.#clock.monotonic() + IDEMPOTENCY_MS;
    this.#results.set(name, { position: { offset, epoch }, until });
    this.#bytes += costOf(name);
    for (const oldest of this.#results.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#forget(oldest);
    }
  }

  #forgetExpired(): void {
    const now = this.#clock.monotonic();
    for (const [name, { until }] of this.#results) {
      if (until > now) return;
      this.#forget(name);
    }
  }

  #forget(name: string): void {
    if (this.#results.delete(name)) this.#bytes -= costOf(name);
  }
}

/** The length of the room's name makes the pair of them one text. */
function nameOf(room: string, key: string): string {
  return `${room.length} ${room}${key}`;
}

function costOf(name: string): number {
  return KEY_BYTES + 2 * name.length;
}
