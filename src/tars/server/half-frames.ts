/** Bounds what waits for the rest of its frame on all connections that have not shown yet that they may call. */

/** Why a connection was dropped while its frame was not complete. */
export class HalfFrameError extends Error {
  readonly code = 'TARS_HALF_FRAME';
  override readonly name = 'HalfFrameError';
}

/** A connection. */
interface Holder {
  /** Drops it. */
  giveUp(reason: HalfFrameError): void;
}

export class HalfFrames {
  readonly #limitBytes: number;
  readonly #held = new Map<Holder, number>();
  #total = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** A connection holds so many bytes now. If that is too much for all, the one that holds most is dropped. */
  note(holder: Holder, bytes: number): void {
    this.#total += bytes - (this.#held.get(holder) ?? 0);
    if (bytes === 0) this.#held.delete(holder);
    else this.#held.set(holder, bytes);
    if (this.#total <= this.#limitBytes) return;
    const [largest] = [...this.#held].reduce((most, one) => (one[1] > most[1] ? one : most));
    largest.giveUp(
      new HalfFrameError(
        `frames that are not complete take more than ${this.#limitBytes} bytes, and this connection holds most`,
      ),
    );
  }
}
