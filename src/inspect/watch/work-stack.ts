/**
 * Which watched actors are handling an event now. XState is synchronous: an actor that is sent an event by another one
 * has handled or queued it before that one continues. It tells who sent an event that came without a sender, as calls of
 * servants do, which come through generated code.
 */

export class WorkStack<Worker> {
  readonly #workers: Worker[] = [];

  /** The one that began last. */
  get worker(): Worker | undefined {
    return this.#workers.at(-1);
  }

  enter(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** One that began before all others. */
  enterFirst(worker: Worker): void {
    this.#workers.unshift(worker);
  }

  /** It need not be the last: it may have been attached while it was working, or have failed before others. */
  leave(worker: Worker): void {
    const at = this.#workers.lastIndexOf(worker);
    if (at !== -1) this.#workers.splice(at, 1);
  }
}
