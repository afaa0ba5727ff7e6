/** How many actors there were over the last minutes, as series of samples. */

import type { CatalogueMessage } from '../../../src/inspect/feed/feed-protocol.ts';

/** How far back it goes. */
export const HISTORY_MS = 3 * 60_000;

export interface Sample {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly value: number;
}

export class CountHistory {
  readonly #series = new Map<string, Sample[]>();

  /** The name of the series of a kind, or of one of its states. */
  static nameOf(kind: string, state?: string): string {
    return state === undefined ? kind : `${kind} ${state}`;
  }

  add({ at, counts }: Pick<CatalogueMessage, 'at' | 'counts'>): void {
    const values = new Map<string, number>();
    for (const [kind, { total, states }] of Object.entries(counts)) {
      values.set(CountHistory.nameOf(kind), total);
      for (const [state, value] of Object.entries(states))
        values.set(CountHistory.nameOf(kind, state), value);
    }
    // The server sends no counts of zero: a missing series continues with zeros until it is removed.
    for (const name of this.#series.keys()) if (!values.has(name)) values.set(name, 0);
    for (const [name, value] of values) this.#extend(name, { at, value });
  }

  /** Oldest first. */
  samplesOf(name: string): readonly Sample[] {
    return this.#series.get(name) ?? [];
  }

  #extend(name: string, sample: Sample): void {
    const kept = this.samplesOf(name).filter(({ at }) => at > sample.at - HISTORY_MS);
    if (sample.value === 0 && kept.every(({ value }) => value === 0) && !this.#isOfKind(name)) {
      this.#series.delete(name);
    } else {
      this.#series.set(name, [...kept, sample]);
    }
  }

  #isOfKind(name: string): boolean {
    return !name.includes(' ');
  }
}
