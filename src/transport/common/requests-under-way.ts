/** Counts the requests under way (not answered yet), so that a closing transport can wait for them. */

/** How long a closing transport waits for requests under way. */
export const REQUEST_GRACE_MS = 5_000;

export class RequestsUnderWay {
  #count = 0;
  #onNone: (() => void) | undefined;

  began(): void {
    this.#count += 1;
  }

  /** The request was answered or its client has disconnected. Call it once for each `began`. */
  ended(): void {
    this.#count -= 1;
    if (this.#count === 0) this.#onNone?.();
  }

  /** Resolves when no request is under way, or after `graceMs` milliseconds. */
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
