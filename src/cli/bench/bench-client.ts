/** One connection of `statecast bench`: it joins its room, speaks and hears. */

import { WebSocket } from 'ws';
import { DIALECTS, type Dialect, type Heard } from './dialects.ts';
import type { BenchPlan } from './plan.ts';

/** How long connecting and joining may take together. */
const OPEN_MS = 10_000;

/** A client that reads so slowly what it is sent, or a server what it gets, is too slow for the load. */
const MAX_WAITING_BYTES = 1024 * 1024;

export interface BenchListener {
  heard(text: string): void;
  /** The server refuses a command, or ends the connection. */
  failed(why: string): void;
}

export class BenchClient {
  readonly room: string;
  readonly #dialect: Dialect;
  readonly #socket: WebSocket;
  readonly #token: string | undefined;
  readonly #listener: BenchListener;
  #opening: Opening | undefined;
  #isClosing = false;

  constructor({ url, protocol, token }: BenchPlan, room: string, listener: BenchListener) {
    this.room = room;
    this.#dialect = DIALECTS[protocol];
    this.#token = token;
    this.#listener = listener;
    this.#socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: OPEN_MS });
    this.#socket.on('open', () => this.#greet());
    this.#socket.on('message', (data: Buffer) => this.#read(data.toString()));
    this.#socket.on('error', (error) => this.#end(explain(error)));
    this.#socket.on('close', (code, reason) =>
      this.#end(`closed with ${code}${reason.length > 0 ? ` ${reason.toString()}` : ''}`),
    );
  }

  /** Whether it is in its room. */
  get isOpen(): boolean {
    return this.#opening === undefined && this.#socket.readyState === WebSocket.OPEN;
  }

  /** Resolves when it is in its room. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end('no answer within 10 s'), OPEN_MS);
      this.#opening = {
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (why) => {
          clearTimeout(timer);
          reject(new Error(why));
        },
      };
    });
  }

  /** Returns false if too much waits to be sent. */
  say(text: string): boolean {
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return false;
    this.#socket.send(this.#dialect.say(this.room, text));
    return true;
  }

  /** Resolves when the socket is closed; a server that does not answer is not waited for. */
  close(): Promise<void> {
    this.#end('stopped');
    return new Promise((resolve) => {
      if (this.#socket.readyState === WebSocket.CLOSED) return resolve();
      const timer = setTimeout(() => this.#socket.terminate(), 1000);
      this.#socket.on('close', () => {
        clearTimeout(timer);
        resolve();
      });
      if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
      else this.#socket.close(1000);
    });
  }

  #greet(): void {
    const { hello, join } = this.#dialect;
    this.#socket.send(hello === undefined ? join(this.room) : hello(this.#token));
  }

  #read(frame: string): void {
    try {
      this.#dialect.read(frame, (what) => this.#take(what));
    } catch {
      this.#end('the server sent a frame that is not of this protocol');
    }
  }

  #take(what: Heard): void {
    switch (what.type) {
      case 'message':
        return this.#listener.heard(what.text);
      case 'connected':
        return this.#socket.send(this.#dialect.join(this.room));
      case 'joined': {
        const opening = this.#opening;
        this.#opening = undefined;
        return opening?.resolve();
      }
      case 'ping':
        return this.#socket.send(what.answer);
      case 'refused':
        return this.#opening === undefined ? this.#listener.failed(what.why) : this.#end(what.why);
      case 'taken':
    }
  }

  /** Whatever comes after the first reason says nothing. */
  #end(why: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    const opening = this.#opening;
    this.#opening = undefined;
    if (opening !== undefined) opening.reject(why);
    else if (why !== 'stopped') this.#listener.failed(why);
    if (this.#socket.readyState === WebSocket.CONNECTING) this.#socket.terminate();
    else this.#socket.close(1000);
  }
}

interface Opening {
  readonly resolve: () => void;
  readonly reject: (why: string) => void;
}

function explain(error: Error & { readonly code?: string }): string {
  switch (error.code ?? '') {
    case 'EMFILE':
      return 'this process may open no more sockets: raise the limit with "ulimit -n", or take fewer --connections';
    case 'ECONNREFUSED':
      return 'no server listens there';
    default:
      return error.message;
  }
}
