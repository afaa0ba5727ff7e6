/**
 * Which watched actors are at work on an event: XState is synchronous, so that an actor that is spoken to in the
 * midst of another's work has finished, or has queued the event, before that one goes on.
 */

export class WorkStack<Worker> {
  readonly #workers: Worker[] = [];

  /** The innermost one. */
  get worker(): Worker | undefined {
    return this.#workers.at(-1);
  }

  enter(worker: Worker): void {
    this.#workers.push(worker);
  }

  /** One that was at work before all others that are known. */
  enterFirst(worker: Worker): void {
    this.#workers.unshift(worker);
  }

  /** Also for one that is not on top: it was attached in the midst of its work, or gave up with others above it. */
  leave(worker: Worker): void {
    const at = this.#workers.lastIndexOf(worker);
    if (at !== -1) this.#workers.splice(at, 1);
  }
}
