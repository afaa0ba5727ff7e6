/**
 * The rest of a frame with many commands: it is taken in portions, one in each turn of the event loop, so that other
 * clients have their turn too. It knows neither frames nor sockets.
 */

import type { Command } from '../protocol/command.ts';

/** So many commands of a frame are taken in one turn. */
export const PORTION = 256;

export class Intake {
  readonly #take: (command: Command) => void;
  readonly #done: () => void;
  readonly #waiting: Command[] = [];
  #next = 0;

  /**
   * @param take Has one command taken. It is called in later turns, in the order of the commands.
   * @param done Called when all are taken, or forgotten.
   */
  constructor(take: (command: Command) => void, done: () => void) {
    this.#take = take;
    this.#done = done;
  }

  /** Adds the commands of a frame from `first` on. The answer to a ping does not wait. */
  add(commands: readonly Command[], first: number): void {
    const wasEmpty = this.#waiting.length === 0;
    for (const command of commands.slice(first)) {
      if (command.type === 'pong') this.#take(command);
      else this.#waiting.push(command);
    }
    if (wasEmpty && this.#waiting.length > 0) setImmediate(() => this.#takePortion());
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting.length = 0;
    this.#next = 0;
    this.#done();
  }

  #takePortion(): void {
    if (this.#waiting.length === 0) return;
    const end = Math.min(this.#next + PORTION, this.#waiting.length);
    while (this.#next < Math.min(end, this.#waiting.length)) {
      this.#next += 1;
      this.#take(this.#waiting[this.#next - 1]!);
    }
    if (this.#next < this.#waiting.length) setImmediate(() => this.#takePortion());
    else this.clear();
  }
}
