/** The first few of many, kept while the many go by: a bounded heap. */

export class TopList<Item> {
  readonly #capacity: number;
  readonly #compare: (a: Item, b: Item) => number;
  /** A heap: no item comes before its parent's place, so that the last of all stands first. */
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

  /** The items from `offset` on, in order; they are taken out. It costs as much as they are many. */
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
