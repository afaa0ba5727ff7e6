/** One endpoint of a servant: it is connected, and connected again whenever the connection ends. Calls are not its own. */

import { connect, type Socket } from 'node:net';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import type { LinkError, LinkReply } from '../servant-link.ts';
import { Connection } from './connection.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { hashText } from './choose-node.ts';
import { toConnectFailure, toConnectTimeout } from './link-failure.ts';

/** Wait before an endpoint is dialled again; it doubles until something sensible was heard from there. */
const REDIAL_MIN_MS = 50;
const REDIAL_MAX_MS = 1_000;

export interface NodeOptions {
  readonly maxFrameBytes: number;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/** What a node tells; never from within a call of its own methods. */
export interface NodeListener {
  connected(node: ServantNode): void;
  /** It was dialled in vain, and will be dialled again. */
  failed(node: ServantNode, error: LinkError): void;
  replied(node: ServantNode, reply: LinkReply, isExpected: boolean): void;
  drained(): void;
  /** Its connection is over, and it will be dialled again. */
  lost(node: ServantNode, requestIds: readonly number[], error: LinkError): void;
}

export class ServantNode {
  readonly endpoint: Endpoint;
  /** Tells nodes apart when keys are spread over them. */
  readonly seed: number;
  readonly #options: NodeOptions;
  readonly #listener: NodeListener;
  #connection: Connection | undefined;
  #dialling: Socket | undefined;
  /** Of the connect time-out, or until the next dial. */
  #timer: unknown;
  #redialMs = REDIAL_MIN_MS;

  constructor(endpoint: Endpoint, options: NodeOptions, listener: NodeListener) {
    this.endpoint = endpoint;
    this.seed = hashText(formatEndpoint(endpoint));
    this.#options = options;
    this.#listener = listener;
  }

  /** The connection, while there is one that takes requests. */
  get connection(): Connection | undefined {
    return this.#connection?.isOpen === true ? this.#connection : undefined;
  }

  /** It has a connection, or one whose end is about to be told. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** Nobody waits for a reply from here. */
  get isIdle(): boolean {
    return this.#connection?.isIdle ?? true;
  }

  has(requestId: number): boolean {
    return this.#connection?.has(requestId) ?? false;
  }

  timedOut(requestId: number): void {
    this.#connection?.timedOut(requestId);
  }

  /** @param isAwaited Somebody waits: the process stays alive meanwhile. */
  dial(isAwaited: boolean): void {
    const { clock, connectTimeoutMs } = this.#options;
    const { host, port } = this.endpoint;
    const socket = connect({ host, port, noDelay: true });
    if (!isAwaited) socket.unref();
    this.#dialling = socket;
    socket.once('connect', () => this.#connected(socket));
    socket.on('error', (cause) => this.#failed(toConnectFailure(this.endpoint, cause)));
    const expire = () => this.#failed(toConnectTimeout(this.endpoint, connectTimeoutMs));
    this.#timer = startQuietTimer(clock, expire, connectTimeoutMs);
  }

  /** Ends what there is, without a word; it is not dialled again. */
  stop(): void {
    this.#stopDialling();
    this.#connection?.drop();
    this.#connection = undefined;
  }

  #connected(socket: Socket): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#dialling = undefined;
    socket.removeAllListeners('error');
    this.#connection = new Connection(socket, this.endpoint, this.#options.maxFrameBytes, {
      replied: (reply, isExpected) => {
        this.#redialMs = REDIAL_MIN_MS;
        this.#listener.replied(this, reply, isExpected);
      },
      drained: () => this.#listener.drained(),
      ended: (requestIds, error) => {
        this.#connection = undefined;
        this.#redialLater();
        this.#listener.lost(this, requestIds, error);
      },
    });
    this.#listener.connected(this);
  }

  #failed(error: LinkError): void {
    this.#stopDialling();
    this.#redialLater();
    this.#listener.failed(this, error);
  }

  #redialLater(): void {
    this.#timer = startQuietTimer(this.#options.clock, () => this.dial(false), this.#redialMs);
    this.#redialMs = Math.min(this.#redialMs * 2, REDIAL_MAX_MS);
  }

  #stopDialling(): void {
    this.#options.clock.clearTimeout(this.#timer);
    this.#dialling?.removeAllListeners();
    // A socket without this listener throws its errors.
    this.#dialling?.on('error', ignore).destroy();
    this.#dialling = undefined;
  }
}

function ignore(): void {}
