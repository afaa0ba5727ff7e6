/** What is known of a socket while all its frames wait for the end of the turn. It knows no frames. */

/** With so much pending, in bytes or units of text, a socket does not wait for the end of the turn. */
const LONG = 64 * 1024;

export class Gathering {
  /** The topics that uWS does not deliver to the socket meanwhile. */
  readonly topics: Set<string>;
  #pendingLength = 0;
  #hasOwn = false;
  #hasOthers = false;
  #isWorthwhile = true;

  constructor(topics: Iterable<string>) {
    this.topics = new Set(topics);
  }

  /** @param isOwn Whether the frame is not what another socket has published. */
  add(length: number, isOwn: boolean): void {
    this.#pendingLength += length;
    if (isOwn) this.#hasOwn = true;
    else this.#hasOthers = true;
  }

  get isLong(): boolean {
    return this.#pendingLength >= LONG;
  }

  /** What was pending has left. */
  flushed(): void {
    if (this.#hasOwn && this.#hasOthers) this.#isWorthwhile = true;
    this.#pendingLength = 0;
    this.#hasOwn = false;
    this.#hasOthers = false;
  }

  /** Whether own frames and those of others have left together since the last call, or since the beginning. */
  wasWorthwhile(): boolean {
    const was = this.#isWorthwhile;
    this.#isWorthwhile = false;
    return was;
  }
}
