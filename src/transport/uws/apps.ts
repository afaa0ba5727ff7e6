/**
 * The apps of uWebSockets.js (uWS) that one transport has. The certificate of an app cannot be replaced, so with another one
 * there is another app, and the one before stays as long as it has connections. Topics are an app's own.
 */

import type { Frame, Text } from '../../protocol/text.ts';
import type { TemplatedApp } from './load.ts';
import { isBinary } from './socket.ts';
import { toUtf8 } from './texts.ts';

export interface App {
  readonly raw: TemplatedApp;
  /** Open sockets, WebSocket or HTTP. */
  sockets: number;
}

export class Apps {
  /** The one that listens. */
  #current: App;
  /** Those that have connections from before. */
  #older: readonly App[] = [];
  #isClosed = false;

  constructor(first: App) {
    this.#current = first;
  }

  get current(): App {
    return this.#current;
  }

  /** Whether publications have to go to several apps. */
  get areSeveral(): boolean {
    return this.#older.length > 0;
  }

  replace(app: App): void {
    this.#older = [...this.#older, this.#current];
    this.#current = app;
    this.#dropUnused();
  }

  publish(topic: Text, frame: Frame): void {
    this.#current.raw.publish(toUtf8(topic), toUtf8(frame), isBinary(frame));
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < this.#older.length; index += 1)
      this.#older[index]!.raw.publish(toUtf8(topic), toUtf8(frame), isBinary(frame));
  }

  /** To the subscribers of all other apps. */
  publishBeside(own: App | undefined, topic: Text, frame: Frame): void {
    for (const app of [this.#current, ...this.#older])
      if (app !== own) app.raw.publish(toUtf8(topic), toUtf8(frame), isBinary(frame));
  }

  countSubscribers(topic: Text): number {
    let count = this.#current.raw.numSubscribers(toUtf8(topic));
    for (const { raw } of this.#older) count += raw.numSubscribers(toUtf8(topic));
    return count;
  }

  /** Sockets of an app have opened or closed. */
  count(app: App, change: number): void {
    app.sockets += change;
    // In a new turn, no callback of the app is on the stack.
    if (app.sockets === 0 && app !== this.#current) setImmediate(() => this.#dropUnused());
  }

  close(): void {
    this.#isClosed = true;
    for (const { raw } of [this.#current, ...this.#older]) raw.close();
  }

  #dropUnused(): void {
    if (this.#isClosed) return;
    for (const { raw, sockets } of this.#older) if (sockets === 0) raw.close();
    this.#older = this.#older.filter(({ sockets }) => sockets > 0);
  }
}
