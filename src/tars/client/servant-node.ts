/**
 * One endpoint of a servant: keeps it connected, connects again whenever the connection ends, and tells its circuit
 * breaker how calls ended.
 */

import { connect, type Socket } from 'node:net';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import type { EndpointState, LinkError, LinkReply, LinkRequest } from '../servant-link.ts';
import { Connection } from './connection.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import type { EndpointBreaker } from './endpoint-breaker.ts';
import { hashText } from './choose-node.ts';
import { toConnectFailure, toConnectTimeout } from './link-failure.ts';

/** The wait before the next connect. It doubles each time, until a valid reply was received from the endpoint. */
const REDIAL_MIN_MS = 50;
const REDIAL_MAX_MS = 1_000;

export interface NodeOptions {
  readonly maxFrameBytes: number;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
}

/** The callbacks of a node. They are never called from within one of its methods. */
export interface NodeListener {
  connected(node: ServantNode): void;
  /** A connect failed; the next one will follow. */
  failed(node: ServantNode, error: LinkError): void;
  replied(node: ServantNode, reply: LinkReply, isExpected: boolean): void;
  drained(): void;
  /** Its connection has ended; it will be connected again. */
  lost(node: ServantNode, requestIds: readonly number[], error: LinkError): void;
}

export class ServantNode {
  readonly endpoint: Endpoint;
  /** For {@link chooseByKey}. */
  readonly seed: number;
  readonly #options: NodeOptions;
  readonly #breaker: EndpointBreaker;
  readonly #listener: NodeListener;
  #connection: Connection | undefined;
  #dialling: Socket | undefined;
  /** For the connect time-out, or for the next connect. */
  #timer: unknown;
  #redialMs = REDIAL_MIN_MS;

  constructor(endpoint: Endpoint, breaker: EndpointBreaker, options: NodeOptions, listener: NodeListener) {
    this.endpoint = endpoint;
    this.seed = hashText(formatEndpoint(endpoint));
    this.#breaker = breaker;
    this.#options = options;
    this.#listener = listener;
  }

  /** It has a connection that takes requests. */
  get isOpen(): boolean {
    return this.#connection?.isOpen === true;
  }

  get state(): EndpointState {
    const { host, port } = this.endpoint;
    const { circuit, failures } = this.#breaker;
    return { host, port, isConnected: this.isOpen, circuit, failures };
  }

  /** It has a connection that takes requests, and its circuit lets this one through. */
  takes({ oneWay = false }: LinkRequest): boolean {
    return this.isOpen && this.#breaker.takes(oneWay);
  }

  /** False if there is no connection that takes it now. @throws {TarsEncodeError} for a request that cannot be encoded. */
  send(servant: string, request: LinkRequest): boolean {
    if (this.#connection?.send(servant, request) !== true) return false;
    if (request.oneWay !== true) this.#breaker.sent(request.requestId);
    return true;
  }

  /** It has a connection, or one whose end was not reported yet. */
  get isConnected(): boolean {
    return this.#connection !== undefined;
  }

  /** No call waits for a reply from this node. */
  get isIdle(): boolean {
    return this.#connection?.isIdle ?? true;
  }

  has(requestId: number): boolean {
    return this.#connection?.has(requestId) ?? false;
  }

  timedOut(requestId: number): void {
    if (!this.has(requestId)) return;
    this.#breaker.failed([requestId]);
    this.#connection?.timedOut(requestId);
  }

  forget(requestId: number): void {
    if (!this.has(requestId)) return;
    this.#breaker.forget(requestId);
    this.#connection?.forget(requestId);
  }

  /** @param isAwaited A caller waits for it: the process stays alive meanwhile. */
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

  /** Drops the connection without calling the listener; there is no further connect. */
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
        if (isExpected) this.#breaker.replied();
        this.#listener.replied(this, reply, isExpected);
      },
      drained: () => this.#listener.drained(),
      ended: (requestIds, error) => {
        this.#connection = undefined;
        if (error.isSilence) this.#breaker.trip();
        else if (requestIds.length > 0) this.#breaker.failed(requestIds);
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
    // Without a listener the socket would throw its errors.
    this.#dialling?.on('error', ignore).destroy();
    this.#dialling = undefined;
  }
}

function ignore(): void {}
