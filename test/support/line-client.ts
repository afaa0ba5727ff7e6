/** A client of the line protocol on a real WebSocket, whose frames can be awaited. It knows no server. */

import { WebSocket } from 'ws';
import { Inbox } from '../../src/system/inbox-harness.ts';
import { openSocket, type ConnectOptions } from './open-socket.ts';

/** Leaving a room that one is not in changes nothing and is answered by its name: it marks a place in the stream. */
const MARK = '~mark';

export interface Goodbye {
  readonly code: number;
  readonly reason: string;
}

export class LineClient {
  /** How the socket was closed. */
  readonly closed: Promise<Goodbye>;
  readonly #socket: WebSocket;
  readonly #inbox = new Inbox<string>();
  #marks = 0;

  /** Takes a socket that is not open yet, so that no frame is missed. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const frame = (data as Buffer).toString();
      this.#inbox.push(isBinary ? `(binary) ${frame}` : frame);
    });
    // What is wrong shows in the code of the close event.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#inbox.end(`the socket was closed with ${code} ${reason.toString()}`);
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Everything that has come so far. */
  get frames(): readonly string[] {
    return this.#inbox.items;
  }

  send(...frames: readonly (string | Uint8Array)[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  /** The next frame that was not taken yet; rejects when the socket closes first. */
  next(): Promise<string> {
    return this.#inbox.next();
  }

  async take(count: number): Promise<string[]> {
    const frames: string[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Sends a frame and takes the next one that comes. */
  async ask(frame: string | Uint8Array): Promise<string> {
    this.send(frame);
    return this.next();
  }

  /** Joins a room, and takes the answer. */
  async join(room: string): Promise<void> {
    const answer = await this.ask(`subscribe|${room}`);
    if (answer !== `Subscribe roomNum:${room} success!`) throw new Error(`the join was answered ${answer}`);
  }

  /** Takes all that the server had sent when it read this: what is not in here was not sent. */
  async settle(): Promise<string[]> {
    this.#marks += 1;
    const mark = `${MARK}${this.#marks}`;
    this.send(`unsubscribe|${mark}`);
    const frames: string[] = [];
    for (;;) {
      const frame = await this.next();
      if (frame === `Unsubscribe roomNum:${mark} success!`) return frames;
      frames.push(frame);
    }
  }

  /** Stops reading, so that what is sent waits on its way. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  /** Drops the connection without a word. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** The frame that says something in a room. */
export function sendByRoom(roomNum: string, message: string): string {
  return `sendByRoom|${JSON.stringify({ roomNum, message })}`;
}

/**
 * Opens a socket.
 * @throws {HandshakeRefused}
 */
export function connectLineClient(url: string, options: ConnectOptions = {}): Promise<LineClient> {
  return openSocket(url, options, (socket) => new LineClient(socket));
}
