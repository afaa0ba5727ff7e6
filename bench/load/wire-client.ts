/**
 * A WebSocket client on a raw TCP socket. It does as little work as possible for a frame, so that the server is the
 * bottleneck.
 */

import { connect, type Socket } from 'node:net';
import { encodeHandshake, encodeTextFrame, HANDSHAKE_ACCEPT, OPCODES, PONG } from './client-frames.ts';
import { DIALECTS, type DialectName } from './dialect.ts';
import { FrameCounter, type FrameListener } from './frame-counter.ts';
import { LineReader, PING, type LineListener } from './line-reader.ts';

const HOST = '127.0.0.1';
const HEADERS_END = '\r\n\r\n';
const MAX_HEADERS = 4_096;
/** The answer to a ping that is a line. */
const LINE_PONG = encodeTextFrame('{}');

/** A server on this machine. */
export interface Target {
  readonly port: number;
  /** The process whose processor time is measured, with that of its workers. */
  readonly pid: number;
  readonly dialect: DialectName;
  /** More servers, which share their rooms with this one. Clients are spread over all. */
  readonly others?: readonly Pick<Target, 'port' | 'pid'>[];
  /** Whether it is several processes with one port, which share their rooms. */
  readonly isShared?: boolean;
  /** A process behind the servers, whose processor time is measured too. */
  readonly backendPid?: number;
}

/** One listener serves all clients of a job; `State` is its data for each client. */
export interface ClientListener<State> {
  /**
   * An answer, a message or something else was received: a data frame, or a line of one.
   * @param mark By what it is recognized (`markOf`).
   * @param length In bytes.
   */
  heard(client: WireClient<State>, mark: number, length: number): void;
  /** All frames of one read were passed to `heard`. */
  caughtUp(client: WireClient<State>): void;
  /** The connection ended without `drop`. */
  lost(client: WireClient<State>, why: string): void;
}

/** Shared by all sockets: libuv fills it and passes it on in the same turn. */
const receiveBuffer = new Uint8Array(256 * 1024);

export class WireClient<State> implements FrameListener, LineListener {
  readonly state: State;
  readonly #listener: ClientListener<State>;
  readonly #greeting: readonly string[];
  readonly #opening: string | undefined;
  readonly #frames = new FrameCounter();
  readonly #lines: LineReader | undefined;
  readonly payload: FrameListener['payload'];
  readonly #socket: Socket;
  #opened: (() => void) | undefined;
  #failed: ((error: Error) => void) | undefined;
  /** The received part of the handshake's response; undefined when it is complete. */
  #headers: string | undefined = '';
  #greeted = 0;
  #isDropped = false;

  constructor(
    { port, dialect }: Target,
    state: State,
    listener: ClientListener<State>,
    opened: () => void,
    failed: (error: Error) => void,
  ) {
    const { path, greeting, opening, hasLines } = DIALECTS[dialect];
    this.state = state;
    this.#listener = listener;
    this.#greeting = greeting;
    this.#opened = opened;
    this.#failed = failed;
    this.#socket = connect({
      host: HOST,
      port,
      noDelay: true,
      onread: {
        buffer: receiveBuffer,
        callback: (length, bytes) => {
          this.#read(bytes, length);
          return true;
        },
      },
    });
    this.#socket.write(encodeHandshake(`${HOST}:${port}`, path));
    this.#opening = opening;
    const lines = hasLines === true ? new LineReader() : undefined;
    this.#lines = lines;
    if (lines !== undefined) {
      this.payload = (opcode, bytes, start, end) => {
        if (opcode === OPCODES.text) lines.read(bytes, start, end, this);
      };
    }
    this.#socket.on('error', (error) => this.#end(error.message));
    this.#socket.on('close', () => this.#end('the server has closed it'));
  }

  write(frames: Uint8Array): void {
    this.#socket.write(frames);
  }

  /** Ends the connection without a close frame, like a failure of the network. */
  drop(): void {
    this.#isDropped = true;
    this.#socket.destroy();
  }

  frame(opcode: number, length: number): void {
    if (opcode === OPCODES.text && this.#lines !== undefined) {
      this.#lines.end(this);
      if (this.#opened !== undefined) this.#greet();
    } else if (opcode === OPCODES.text || opcode === OPCODES.binary) {
      if (this.#opened === undefined) this.#listener.heard(this, length, length);
      else this.#greet();
    } else if (opcode === OPCODES.ping) {
      this.write(PONG);
    }
  }

  line(kind: number, length: number): void {
    if (kind === PING) this.write(LINE_PONG);
    else if (this.#opened === undefined) this.#listener.heard(this, kind, length);
  }

  #read(bytes: Uint8Array, length: number): void {
    let start = 0;
    if (this.#headers !== undefined) {
      start = this.#takeHeaders(this.#headers, bytes, length);
      if (this.#headers !== undefined) return;
    }
    try {
      this.#frames.push(bytes, start, length, this);
    } catch (error) {
      this.#end(String(error));
      return;
    }
    if (this.#opened === undefined) this.#listener.caughtUp(this);
  }

  /** Returns where the first frame begins. */
  #takeHeaders(before: string, bytes: Uint8Array, length: number): number {
    const headers = before + Buffer.from(bytes.buffer, 0, length).toString('latin1');
    const end = headers.indexOf(HEADERS_END);
    if (end === -1 && headers.length < MAX_HEADERS) {
      this.#headers = headers;
      return length;
    }
    if (!headers.startsWith('HTTP/1.1 101 ') || !headers.includes(HANDSHAKE_ACCEPT)) {
      this.#end(`the handshake was answered ${headers.slice(0, headers.indexOf('\r\n'))}`);
      return length;
    }
    this.#headers = undefined;
    if (this.#opening !== undefined) this.write(encodeTextFrame(this.#opening));
    if (this.#greeting.length === 0) this.#open();
    return end + HEADERS_END.length - before.length;
  }

  #greet(): void {
    const text = this.#greeting[this.#greeted] ?? '';
    this.#greeted += 1;
    if (text !== '') this.write(encodeTextFrame(text));
    if (this.#greeted === this.#greeting.length) this.#open();
  }

  #open(): void {
    this.#opened?.();
    this.#opened = undefined;
    this.#failed = undefined;
  }

  #end(why: string): void {
    if (this.#isDropped) return;
    this.drop();
    if (this.#failed === undefined) this.#listener.lost(this, why);
    else this.#failed(new Error(why));
  }
}

/** The server of one client. Neighbours and the members of a room are on different servers. */
export function pickServer(target: Target, index: number): Target {
  const { others = [] } = target;
  // Multiplied as Fibonacci hashing does it: the members of a room have a fixed distance.
  const place = (Math.imul(index, 0x9e3779b1) >>> 16) % (others.length + 1);
  const other = others[place - 1];
  return other === undefined ? target : { ...target, ...other };
}

export function openClient<State>(
  target: Target,
  state: State,
  listener: ClientListener<State>,
): Promise<WireClient<State>> {
  return new Promise((resolve, reject) => {
    const client: WireClient<State> = new WireClient(target, state, listener, () => resolve(client), reject);
  });
}
