/** Counts the requests that are not answered yet, so that a closing transport can wait for them. */

/** How long a closing transport waits for requests under way. */
export const REQUEST_GRACE_MS = 5_000;

export class RequestsUnderWay {
  #count = 0;
  #onNone: (() => void) | undefined;

  began(): void {
    this.#count += 1;
  }

  /** Answered, or its client has gone; once for each that began. */
  ended(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onNone?.();
  }

  /** Resolves when none is under way, or after `graceMs`. */
  async none(graceMs: number): Promise<void> {
    if (this.#count === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onNone = resolve;
      timer = setTimeout(resolve, graceMs);
    });
    clearTimeout(timer);
  }
}
