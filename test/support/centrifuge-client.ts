/** A client of the Centrifuge protocol on a real WebSocket: it sends frames as they are, and waits for what comes. */

import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { Goodbye } from './line-client.ts';
import { openSocket, type ConnectOptions } from './open-socket.ts';

const CENTRIFUGE_PATH = '/connection/websocket';

/** A JSON object of the protocol, as it was read. Tests look into it without types. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Message = Record<string, any>;

/** For `authenticate`: the data of `connect` is the name of the user, if it is a text. */
export function believeData({ data }: { readonly data?: unknown }): { user?: string } {
  return typeof data === 'string' ? { user: data } : {};
}

interface Waiting {
  matches(message: Message): boolean;
  resolve(message: Message): void;
  reject(error: Error): void;
}

export class CentrifugeClient {
  /** How the socket was closed. */
  readonly closed: Promise<Goodbye>;
  /** All text frames so far. */
  readonly frames: string[] = [];
  /** All messages of these frames so far. */
  readonly messages: Message[] = [];
  readonly #socket: WebSocket;
  /** Messages that no test has taken yet. */
  readonly #untaken: Message[] = [];
  readonly #waiting: Waiting[] = [];
  #end: string | undefined;
  #lastId = 0;

  /** The socket must not be open yet, so that no frame is missed. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data, isBinary) => {
      if (isBinary) throw new Error('a binary frame came');
      const frame = (data as Buffer).toString();
      this.frames.push(frame);
      for (const line of frame.split('\n')) this.#receive(JSON.parse(line) as Message);
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => {
        this.#end = `the socket was closed with ${code} ${reason.toString()}`;
        for (const { reject } of this.#waiting.splice(0)) reject(new Error(this.#end));
        resolve({ code, reason: reason.toString() });
      });
    });
  }

  /** The sub-protocol that the server has chosen. */
  get subprotocol(): string {
    return this.#socket.protocol;
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** Sends a frame as it is. */
  sendFrame(frame: string | Uint8Array): void {
    this.#socket.send(frame);
  }

  /** Sends commands in one frame. Each gets an id, unless it has one or is `send`. Returns the ids. */
  send(...commands: readonly Message[]): number[] {
    const whole = commands.map((command) =>
      'id' in command || 'send' in command ? command : { id: (this.#lastId += 1), ...command },
    );
    this.sendFrame(whole.map((command) => JSON.stringify(command)).join('\n'));
    return whole.map(({ id }) => id as number);
  }

  /** Sends a command, and waits for its reply. */
  ask(command: Message): Promise<Message> {
    const [id = 0] = this.send(command);
    return this.reply(id);
  }

  reply(id: number): Promise<Message> {
    return this.take((message) => message['id'] === id);
  }

  /** The next push of this kind, such as `pub`, that was not returned yet. */
  async push(kind: string, channel?: string): Promise<Message> {
    const { push } = await this.take(
      ({ push }) =>
        push !== undefined && kind in push && (channel === undefined || push['channel'] === channel),
    );
    return (push as Message)[kind] as Message;
  }

  /** The next message of any kind that was not returned yet. */
  next(): Promise<Message> {
    return this.take(() => true);
  }

  /** The first message that matches and was not returned yet. Rejects when the socket closes before there is one. */
  take(matches: (message: Message) => boolean): Promise<Message> {
    const index = this.#untaken.findIndex(matches);
    const [found] = index === -1 ? [] : this.#untaken.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    if (this.#end !== undefined) return Promise.reject(new Error(this.#end));
    return new Promise((resolve, reject) => this.#waiting.push({ matches, resolve, reject }));
  }

  /** Connects, and returns the result. */
  async connect(request: Message = {}): Promise<Message> {
    const reply = await this.ask({ connect: request });
    if (reply['connect'] === undefined) throw new Error(`connect was answered ${JSON.stringify(reply)}`);
    return reply['connect'] as Message;
  }

  /** Subscribes, and returns the result. */
  async subscribe(channel: string, request: Message = {}): Promise<Message> {
    const reply = await this.ask({ subscribe: { channel, ...request } });
    if (reply['subscribe'] === undefined) throw new Error(`subscribe was answered ${JSON.stringify(reply)}`);
    return reply['subscribe'] as Message;
  }

  async publish(channel: string, data: unknown): Promise<void> {
    const reply = await this.ask({ publish: { channel, data } });
    if (reply['publish'] === undefined) throw new Error(`publish was answered ${JSON.stringify(reply)}`);
  }

  /** All messages that the server had sent before it handled this, and that were not returned yet. */
  async settle(): Promise<Message[]> {
    const reply = await this.ask({ unsubscribe: { channel: '~mark' } });
    if (reply['unsubscribe'] === undefined) throw new Error(`the mark was answered ${JSON.stringify(reply)}`);
    return this.#untaken.splice(0);
  }

  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.close();
  }

  /** Drops the connection without a close frame. */
  terminate(): void {
    this.#socket.terminate();
  }

  #receive(message: Message): void {
    this.messages.push(message);
    const index = this.#waiting.findIndex(({ matches }) => matches(message));
    const [waiting] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (waiting === undefined) this.#untaken.push(message);
    else waiting.resolve(message);
  }
}

/** Opens a socket, which is dropped after the test. The client has yet to connect. */
export async function openCentrifuge(
  { url }: { readonly url: string },
  options: ConnectOptions = {},
): Promise<CentrifugeClient> {
  const client = await openSocket(
    url,
    { path: CENTRIFUGE_PATH, ...options },
    (socket) => new CentrifugeClient(socket),
  );
  onTestFinished(() => client.terminate());
  return client;
}

/** Opens a socket and connects. */
export async function connectCentrifuge(
  running: { readonly url: string },
  request: Message = {},
): Promise<CentrifugeClient & { readonly id: string }> {
  const client = await openCentrifuge(running);
  const { client: id } = await client.connect(request);
  return Object.assign(client, { id: id as string });
}
