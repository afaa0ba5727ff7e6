/** Keeps the first few of many items in sort order. It is a bounded heap. */

export class TopList<Item> {
  readonly #capacity: number;
  readonly #compare: (a: Item, b: Item) => number;
  /** A heap: every item sorts before its parent, so the last of all is at index 0. */
  readonly #items: Item[] = [];

  /** `compare` is as for sorting; two items are never equal. */
  constructor(capacity: number, compare: (a: Item, b: Item) => number) {
    this.#capacity = capacity;
    this.#compare = compare;
  }

  offer(item: Item): void {
    const items = this.#items;
    if (items.length < this.#capacity) {
      items.push(item);
      this.#rise(items.length - 1);
      return;
    }
    const [last] = items;
    if (last === undefined || this.#compare(item, last) >= 0) return;
    items[0] = item;
    this.#sink();
  }

  /** Removes the items from `offset` on and returns them in order. */
  takeFrom(offset: number): Item[] {
    const taken: Item[] = [];
    while (this.#items.length > offset) taken.push(this.#takeLast());
    return taken.toReversed();
  }

  #takeLast(): Item {
    const items = this.#items;
    const last = items[0] as Item;
    const moved = items.pop() as Item;
    if (items.length > 0) {
      items[0] = moved;
      this.#sink();
    }
    return last;
  }

  #rise(from: number): void {
    const items = this.#items;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#compare(items[place] as Item, items[parent] as Item) <= 0) return;
      this.#swap(place, parent);
      place = parent;
    }
  }

  #sink(): void {
    const items = this.#items;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      const right = left + 1;
      let later = place;
      if (left < items.length && this.#compare(items[left] as Item, items[later] as Item) > 0) later = left;
      if (right < items.length && this.#compare(items[right] as Item, items[later] as Item) > 0)
        later = right;
      if (later === place) return;
      this.#swap(place, later);
      place = later;
    }
  }

  #swap(a: number, b: number): void {
    const items = this.#items;
    const item = items[a] as Item;
    items[a] = items[b] as Item;
    items[b] = item;
  }
}
