/** A client of the line protocol on a real WebSocket. Tests can wait for its frames. */

import { WebSocket } from 'ws';
import { Inbox } from '../../src/system/inbox-harness.ts';
import { openSocket, type ConnectOptions } from './open-socket.ts';

/** To leave a room without being a member has no effect. The answer has the room's name, so it marks a place in the stream. */
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

  /** The socket must not be open yet, so that no frame is missed. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      const frame = (data as Buffer).toString();
      this.#inbox.push(isBinary ? `(binary) ${frame}` : frame);
    });
    // The close event, which follows, has the code.
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

  /** All frames received so far. */
  get frames(): readonly string[] {
    return this.#inbox.items;
  }

  send(...frames: readonly (string | Uint8Array)[]): void {
    for (const frame of frames) this.#socket.send(frame);
  }

  /** The next frame that was not returned yet. Rejects when the socket closes before there is one. */
  next(): Promise<string> {
    return this.#inbox.next();
  }

  async take(count: number): Promise<string[]> {
    const frames: string[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** Sends a frame and returns the next one. */
  async ask(frame: string | Uint8Array): Promise<string> {
    this.send(frame);
    return this.next();
  }

  /** Joins a room, and waits for the answer. */
  async join(room: string): Promise<void> {
    const answer = await this.ask(`subscribe|${room}`);
    if (answer !== `Subscribe roomNum:${room} success!`) throw new Error(`the join was answered ${answer}`);
  }

  /** Returns all frames that the server had sent before it handled this. A frame that is not in here was not sent. */
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

  /** Stops reading, so that frames wait in the send queue of the server. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.close();
  }

  /** Drops the connection without a close frame. */
  terminate(): void {
    this.#socket.terminate();
  }
}

/** The frame that publishes a message into a room. */
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
