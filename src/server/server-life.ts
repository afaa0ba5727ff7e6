/**
 * The server's machine, as rooms, routes and the library see it. The machine drives rooms and routes, and these ask it
 * whether they still may: of this cycle the machine is bound last.
 */

import type { Publisher } from '../actors/room/ports.ts';
import { send } from '../actors/runtime/send.ts';
import { SERVER } from '../actors/runtime/sender.ts';
import type { ServerAddress, ServerRef } from '../actors/server/server.ts';
import type { Json } from '../protocol/command.ts';
import { createRefusal } from '../protocol/errors.ts';

const CLOSED = 'the server was closed; make a new one';
const NOT_LISTENING = createRefusal('notAvailable', 'the server is not listening');

export class ServerLife {
  #actor: ServerRef | undefined;
  #listening: Promise<ServerAddress> | undefined;
  #closing: Promise<void> | undefined;

  /** To be called once, before anything else. */
  bind(actor: ServerRef): void {
    this.#actor = actor;
  }

  /** Whether no room is opened any more. */
  get isStopping(): boolean {
    return this.#machine.getSnapshot().hasTag('stopping');
  }

  /** Whether it does not listen: not yet, or not any more. */
  get isDraining(): boolean {
    // A tag is read for every request: matching a state takes ten times as long.
    return !this.#machine.getSnapshot().hasTag('open');
  }

  /** The outermost state of the machine, such as `listening`. */
  get state(): string {
    const { value } = this.#machine.getSnapshot();
    return typeof value === 'string' ? value : Object.keys(value).join(' ');
  }

  /** The port of clients, from when it is bound. */
  get port(): number | undefined {
    return this.#machine.getSnapshot().context.address?.port;
  }

  broadcast(data: Json, publisher: Publisher): void {
    const actor = this.#machine;
    // An actor that does not run would never answer.
    const isRunning = this.#listening !== undefined && actor.getSnapshot().status === 'active';
    if (isRunning) send(actor, { type: 'server.broadcast', data, publisher }, publisher.sender);
    else publisher.settle({ type: 'refused', refusal: NOT_LISTENING }, SERVER);
  }

  /** Starts, once; a server that was closed does not start. */
  listen(): Promise<ServerAddress> {
    if (this.#closing !== undefined) return Promise.reject(new Error(CLOSED));
    this.#listening ??= this.#start();
    return this.#listening;
  }

  /** Stops. A server that never started only closes the parts that it was given. */
  close(letGo: () => Promise<void>): Promise<void> {
    this.#closing ??= this.#listening === undefined ? letGo() : this.#stop();
    return this.#closing;
  }

  get #machine(): ServerRef {
    if (this.#actor === undefined) throw new Error('the server is not put together yet');
    return this.#actor;
  }

  #start(): Promise<ServerAddress> {
    const actor = this.#machine;
    return new Promise((resolve, reject) => {
      actor.subscribe((snapshot) => {
        const { address, error } = snapshot.context;
        if (snapshot.matches('failed')) reject(error);
        else if (address !== undefined) resolve(address);
        else if (snapshot.matches('stopped')) reject(new Error(CLOSED));
      });
      actor.start();
    });
  }

  async #stop(): Promise<void> {
    const actor = this.#machine;
    if (actor.getSnapshot().status !== 'active') return;
    const stopped = new Promise<void>((resolve) => {
      actor.subscribe({ complete: resolve });
    });
    send(actor, { type: 'server.stop' }, 'library');
    await stopped;
  }
}
