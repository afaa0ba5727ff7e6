/** The publications that a stream in memory keeps: the latest ones, without a gap, and about how many bytes they take. */

import type { Json, Publication } from '../protocol/command.ts';
import type { HistoryQuery } from './broker.ts';

/** Counted for each publication besides its data: the object, its place in the list, its sender. */
export const PUBLICATION_BYTES = 256;

/** Counted for each value within the data. */
const VALUE_BYTES = 16;

export class KeptPublications {
  /** Those before `#first` are gone: taking the first item out of a long list would move all the others. */
  #items: (Publication | undefined)[] = [];
  #costs: number[] = [];
  #first = 0;
  #bytes = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(publication: Publication): void {
    const cost = PUBLICATION_BYTES + sizeOf(publication.data) + sizeOf(publication.tags ?? null);
    this.#items.push(publication);
    this.#costs.push(cost);
    this.#bytes += cost;
  }

  /** Drops the oldest one. */
  shift(): void {
    this.#bytes -= this.#costs[this.#first] ?? 0;
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first * 2 < this.#items.length) return;
    this.#items = this.#items.slice(this.#first);
    this.#costs = this.#costs.slice(this.#first);
    this.#first = 0;
  }

  /** Drops the latest one. */
  pop(): void {
    this.#items.pop();
    this.#bytes -= this.#costs.pop() ?? 0;
  }

  /** What a query selects. `top` is the offset of the latest one. */
  read({ since, limit = Infinity, reverse = false }: HistoryQuery, top: number): Publication[] {
    const items = this.#items as Publication[];
    const indexOf = (offset: number): number => items.length - 1 - (top - offset);
    if (reverse) {
      const last = Math.min(items.length, since === undefined ? Infinity : indexOf(since.offset));
      return items.slice(Math.max(this.#first, last - limit), Math.max(this.#first, last)).toReversed();
    }
    const start = Math.max(this.#first, since === undefined ? 0 : indexOf(since.offset) + 1);
    return items.slice(start, Math.min(items.length, start + limit));
  }
}

/** A copy that does not change when its publisher changes the original. */
export function copyJson(data: Json): Json {
  return typeof data === 'object' && data !== null ? structuredClone(data) : data;
}

/** About how many bytes a value takes in memory. */
function sizeOf(value: Json): number {
  if (typeof value === 'string') return VALUE_BYTES + 2 * value.length;
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  let bytes = VALUE_BYTES;
  for (const [key, inner] of Object.entries(value)) bytes += VALUE_BYTES + 2 * key.length + sizeOf(inner);
  return bytes;
}
