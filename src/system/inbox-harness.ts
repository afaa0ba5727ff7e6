/** For tests: keeps everything that was received, and lets a test wait for the next item. */

interface Waiting<Item> {
  resolve(item: Item): void;
  reject(error: Error): void;
}

export class Inbox<Item> {
  /** Everything so far, including what `next` has returned. */
  readonly items: Item[] = [];
  readonly #waiting: Waiting<Item>[] = [];
  #taken = 0;
  #end: string | undefined;

  push(item: Item): void {
    this.items.push(item);
    const first = this.#waiting.shift();
    if (first === undefined) return;
    this.#taken += 1;
    first.resolve(item);
  }

  /** Resolves to the first item that was not returned yet; rejects when there will be none. */
  next(): Promise<Item> {
    const item = this.items[this.#taken];
    if (item !== undefined) {
      this.#taken += 1;
      return Promise.resolve(item);
    }
    if (this.#end !== undefined) return Promise.reject(new Error(this.#end));
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  /** There will be no more items, for the given reason. */
  end(why: string): void {
    this.#end = why;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(new Error(why));
  }
}
