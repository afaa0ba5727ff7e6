/**
 * What a worker and its primary say to each other, over one stream: calls with answers, and messages without one. What one
 * side says in a turn of its event loop leaves as one frame, and arrives in its order. Either side may call the other.
 *
 * A frame is its length in bytes (4, big-endian) and a JSON list of messages:
 * `[id, method, arguments]` is a call, with the id 0 it has no answer; `[-id, result]` and `[-id, null, error]` are answers.
 */

import type { Duplex } from 'node:stream';
import { FrameReader, writeFrame } from './frames.ts';

/** What a side answers to calls, by name. A result may be a promise. */
export type ChannelMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** How long an answer is waited for, unless a call says something else. */
const DEADLINE_MS = 10_000;
/** How often calls are looked for that wait too long. */
const SWEEP_MS = 1_000;
/** So much may wait to be read by the other side, in bytes. One that is so far behind is cut off. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

class ChannelError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly until: number;
}

type Answer = readonly [
  id: number,
  result?: unknown,
  error?: { readonly message: string; readonly code?: string },
];
type Message = readonly [id: number, method: string, args: readonly never[]] | Answer;

export class Channel {
  /** Settles when the other side is gone. */
  readonly closed: Promise<void>;
  readonly #stream: Duplex;
  readonly #methods = new Map<string, (...args: never[]) => unknown>();
  readonly #calls = new Map<number, Waiting>();
  readonly #sweep: NodeJS.Timeout;
  #texts: string[] = [];
  #lastId = 0;
  #isClosed = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    const reader = new FrameReader();
    stream.on('data', (chunk: Buffer) => {
      for (const frame of reader.read(chunk)) this.#receive(frame);
    });
    // The end tells the same.
    stream.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      stream.once('close', () => {
        this.#end();
        resolve();
      });
    });
    stream.once('end', () => stream.destroy());
    this.#sweep = setInterval(() => this.#dropLate(), SWEEP_MS).unref();
  }

  /** Answers calls. Their names are `PART.METHOD`. */
  serve(part: string, methods: ChannelMethods): void {
    for (const [name, method] of Object.entries(methods)) this.#methods.set(`${part}.${name}`, method);
  }

  /** @throws {Error} (as a rejection) what the other side has thrown, `ECHANNEL` when it is gone, or `ELATE`. */
  call(method: string, args: readonly unknown[], deadlineMs = DEADLINE_MS): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(gone());
    this.#lastId += 1;
    const id = this.#lastId;
    this.#write(JSON.stringify([id, method, args]));
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject, until: performance.now() + deadlineMs });
    });
  }

  tell(method: string, args: readonly unknown[]): void {
    this.#write(JSON.stringify([0, method, args]));
  }

  /** Tells what {@link encodeTold} has written: it is written once for many channels. */
  tellEncoded(text: string): void {
    this.#write(text);
  }

  /** Ends it when all that was said has left. */
  end(): void {
    this.#flush();
    this.#stream.end();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #write(text: string): void {
    if (this.#isClosed) return;
    if (this.#texts.push(text) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const texts = this.#texts;
    if (texts.length === 0 || this.#isClosed) return;
    this.#texts = [];
    writeFrame(this.#stream, `[${texts.join(',')}]`);
    if (this.#stream.writableLength > MAX_WAITING_BYTES) this.destroy();
  }

  #receive(frame: string): void {
    for (const message of JSON.parse(frame) as Message[]) {
      if (typeof message[1] === 'string' && message[0] >= 0) {
        void this.#obey(message[0], message[1], message[2] as readonly never[]);
      } else this.#answered(message as Answer);
    }
  }

  #obey(id: number, name: string, args: readonly never[]): void | Promise<void> {
    let result: unknown;
    try {
      const method = this.#methods.get(name);
      if (method === undefined) throw new ChannelError('EUNKNOWN', `there is no ${name} here`);
      result = method(...args);
    } catch (error) {
      this.#failed(id, error);
      return;
    }
    if (result instanceof Promise) {
      return result.then(
        (value: unknown) => this.#answer(id, value),
        (error: unknown) => this.#failed(id, error),
      );
    }
    this.#answer(id, result);
  }

  #answer(id: number, value: unknown): void {
    if (id !== 0) this.#write(JSON.stringify(value === undefined ? [-id] : [-id, value]));
  }

  #failed(id: number, error: unknown): void {
    if (id === 0) return;
    const { message, code }: NodeJS.ErrnoException =
      error instanceof Error ? error : new Error(String(error));
    this.#write(JSON.stringify([-id, null, { message, code }]));
  }

  #answered([id, value, error]: Answer): void {
    const call = this.#calls.get(-id);
    if (call === undefined) return;
    this.#calls.delete(-id);
    if (error === undefined) call.resolve(value);
    else call.reject(new ChannelError(error.code ?? 'EFAILED', error.message));
  }

  #dropLate(): void {
    const now = performance.now();
    for (const [id, call] of this.#calls) {
      if (call.until > now) continue;
      this.#calls.delete(id);
      call.reject(new ChannelError('ELATE', 'the other process does not answer'));
    }
  }

  #end(): void {
    this.#isClosed = true;
    clearInterval(this.#sweep);
    for (const { reject } of this.#calls.values()) reject(gone());
    this.#calls.clear();
  }
}

/** A message for {@link Channel.tellEncoded}. */
export function encodeTold(method: string, args: readonly unknown[]): string {
  return JSON.stringify([0, method, args]);
}

function gone(): ChannelError {
  return new ChannelError('ECHANNEL', 'the other process is gone');
}
