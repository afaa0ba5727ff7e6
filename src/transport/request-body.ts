/**
 * The body of one request, between a transport that pushes chunks and a handler that reads it now, after a
 * while, or never. It knows no sockets: the transport lends it a way to hold the client back.
 */

import { BodyTooLargeError, RequestAbortedError } from './transport.ts';

/** Kept of a body that nobody reads yet; past it the client is held back until somebody does. */
export const UNREAD_BODY_BYTES = 64 * 1024;

/** Thrown away of a body that nobody wants, before its request is answered. See {@link RequestBody.skip}. */
export const SKIPPED_BODY_BYTES = 8 * 1024 * 1024;

/** Holds the client back, and lets it go on. */
interface BodyFlow {
  pause(): void;
  resume(): void;
}

type Phase =
  /** Nobody has asked for the body; it is kept up to {@link UNREAD_BODY_BYTES} and a chunk. */
  | { readonly name: 'unread' }
  | {
      readonly name: 'reading';
      readonly maxBytes: number;
      readonly resolve: (body: Uint8Array) => void;
      readonly reject: (error: Error) => void;
    }
  /** It was handed out or refused, or the response is ready: what still comes is thrown away. */
  | { readonly name: 'skipping' };

export class RequestBody {
  /** Whether the last chunk has come. */
  isComplete = false;
  readonly #flow: BodyFlow;
  #phase: Phase = { name: 'unread' };
  #chunks: Uint8Array[] = [];
  /** Of all chunks so far, kept or not. */
  #bytes = 0;
  #skipped = 0;
  #wasRead = false;
  #isAborted = false;
  #isPaused = false;
  #onSkipped: (() => void) | undefined;

  constructor(flow: BodyFlow) {
    this.#flow = flow;
  }

  /** The next chunk; its memory may be used again after the call. */
  push(chunk: Uint8Array, isLast: boolean): void {
    this.#bytes += chunk.byteLength;
    this.isComplete = isLast;
    if (this.#phase.name === 'skipping') this.#skipped += chunk.byteLength;
    else if (chunk.byteLength > 0) this.#chunks.push(chunk.slice());
    if (this.#phase.name === 'reading') this.#settle(this.#phase);
    if (this.#phase.name === 'unread' && !isLast && this.#bytes > UNREAD_BODY_BYTES) this.#pause();
    if (this.#isSkipped()) this.#onSkipped?.();
  }

  /** The client went away. */
  abort(): void {
    this.#isAborted = true;
    if (this.#phase.name === 'reading') this.#phase.reject(new RequestAbortedError());
    this.#discard();
    this.#onSkipped?.();
  }

  /**
   * Resolves to the whole body. A second call is a bug of the caller and rejects.
   * @throws {BodyTooLargeError}
   * @throws {RequestAbortedError}
   */
  read(maxBytes: number): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      if (this.#wasRead) {
        reject(new Error('the body was read before'));
        return;
      }
      this.#wasRead = true;
      if (this.#isAborted) {
        reject(new RequestAbortedError());
        return;
      }
      const reading = { name: 'reading', maxBytes, resolve, reject } as const;
      this.#phase = reading;
      this.#settle(reading);
      this.#resume();
    });
  }

  /**
   * Throws the rest of the body away, and resolves when it has come, the client has gone, or
   * {@link SKIPPED_BODY_BYTES} were thrown away. A response waits for this: many clients read it only after
   * they have sent everything, and one sent to a connection that is closed under their upload is lost.
   */
  skip(): Promise<void> {
    this.#discard();
    this.#resume();
    return new Promise((resolve) => {
      if (this.#isSkipped()) resolve();
      else this.#onSkipped = resolve;
    });
  }

  /** Ends the reading if there is enough to tell how. */
  #settle({ maxBytes, resolve, reject }: Extract<Phase, { name: 'reading' }>): void {
    if (this.#bytes > maxBytes) reject(new BodyTooLargeError(maxBytes));
    else if (this.isComplete) resolve(join(this.#chunks, this.#bytes));
    else return;
    this.#discard();
  }

  #discard(): void {
    this.#phase = { name: 'skipping' };
    this.#chunks = [];
  }

  #isSkipped(): boolean {
    return this.isComplete || this.#isAborted || this.#skipped > SKIPPED_BODY_BYTES;
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#flow.pause();
  }

  #resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#flow.resume();
  }
}

function join(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first, ...rest] = chunks;
  if (first !== undefined && rest.length === 0) return first;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
