/**
 * The body of one request. The transport pushes chunks, and a handler reads the body at once, later, or never. It knows
 * no sockets: the transport gives it functions to pause and resume the client.
 */

import { BodyTooLargeError, RequestAbortedError, type RequestHead } from './transport.ts';

/** How much of a body is kept before it is read. Above it, the client is paused until the body is read. */
export const UNREAD_BODY_BYTES = 64 * 1024;

/** How much of an unread body is skipped before its request is answered. See {@link RequestBody.skip}. */
export const SKIPPED_BODY_BYTES = 8 * 1024 * 1024;

/** Whether the head of a request says that a body follows. */
export function announcesBody(head: Pick<RequestHead, 'header'>): boolean {
  return (head.header('content-length') ?? '0') !== '0' || head.header('transfer-encoding') !== undefined;
}

/** Pauses and resumes the client. */
interface BodyFlow {
  pause(): void;
  resume(): void;
}

type Phase =
  /** `read` was not called yet; up to {@link UNREAD_BODY_BYTES} and one chunk are kept. */
  | { readonly name: 'unread' }
  | {
      readonly name: 'reading';
      readonly maxBytes: number;
      readonly resolve: (body: Uint8Array) => void;
      readonly reject: (error: Error) => void;
    }
  /** The body was returned or refused, or the response is ready: later chunks are thrown away. */
  | { readonly name: 'skipping' };

export class RequestBody {
  /** Whether the last chunk was received. */
  isComplete = false;
  readonly #flow: BodyFlow;
  #phase: Phase = { name: 'unread' };
  #chunks: Uint8Array[] = [];
  /** The length of all chunks so far, kept or not. */
  #bytes = 0;
  #skipped = 0;
  #wasRead = false;
  #isAborted = false;
  #isPaused = false;
  #onSkipped: (() => void) | undefined;

  constructor(flow: BodyFlow) {
    this.#flow = flow;
  }

  /** Adds the next chunk. Its memory may be used again after the call. */
  push(chunk: Uint8Array, isLast: boolean): void {
    this.#bytes += chunk.byteLength;
    this.isComplete = isLast;
    if (this.#phase.name === 'skipping') this.#skipped += chunk.byteLength;
    else if (chunk.byteLength > 0) this.#chunks.push(chunk.slice());
    if (this.#phase.name === 'reading') this.#settle(this.#phase);
    if (this.#phase.name === 'unread' && !isLast && this.#bytes > UNREAD_BODY_BYTES) this.#pause();
    if (this.#isSkipped()) this.#onSkipped?.();
  }

  /** The client has disconnected. */
  abort(): void {
    this.#isAborted = true;
    if (this.#phase.name === 'reading') this.#phase.reject(new RequestAbortedError());
    this.#discard();
    this.#onSkipped?.();
  }

  /**
   * Resolves to the whole body. A second call rejects: it is a bug of the caller.
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
   * Throws the rest of the body away. Resolves when the body is complete, the client has disconnected, or more than
   * {@link SKIPPED_BODY_BYTES} were thrown away. A response waits for this: many clients read the response only after
   * they have sent everything, and they lose it if the connection closes while they are sending.
   */
  skip(): Promise<void> {
    this.#discard();
    this.#resume();
    return new Promise((resolve) => {
      if (this.#isSkipped()) resolve();
      else this.#onSkipped = resolve;
    });
  }

  /** Resolves or rejects `read` as soon as the result is known. */
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
