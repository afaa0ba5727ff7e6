/** A queue: first in, first out. Taking from a long one does not move what is behind. */

/** So many places of taken items are kept at most, as long as more items than that wait. */
const MOST_TAKEN = 1_024;

export class Fifo<Item> {
  #items: (Item | undefined)[] = [];
  #first = 0;

  get size(): number {
    return this.#items.length - this.#first;
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  /** Takes the item out that was added first; undefined if there is none. */
  take(): Item | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#first];
    this.#items[this.#first] = undefined;
    this.#first += 1;
    if (this.#first > MOST_TAKEN && this.#first > this.size) {
      this.#items = this.#items.slice(this.#first);
      this.#first = 0;
    } else if (this.size === 0) this.clear();
    return item;
  }

  clear(): void {
    this.#items = [];
    this.#first = 0;
  }
}
