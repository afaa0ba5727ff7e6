/** The session of a link: from `open` until its last connection ends. It spreads the calls over the servant's nodes. */

import { startQuietTimer } from '../../system/clock.ts';
import {
  LinkError,
  type EndpointAddress,
  type EndpointState,
  type LinkListener,
  type LinkReply,
  type LinkRequest,
} from '../servant-link.ts';
import { chooseByKey } from './choose-node.ts';
import { formatEndpoint, isSameEndpoint, type Endpoint } from './endpoint.ts';
import type { EndpointBreakers } from './endpoint-breaker.ts';
import type { LocateOptions } from './locator.ts';
import { ServantNode, type NodeListener, type NodeOptions } from './servant-node.ts';

/** How often the registry is asked again while the link is open. */
const LOCATE_INTERVAL_MS = 60_000;

export interface SessionOptions extends NodeOptions {
  /** The object's name, `App.Server.Obj`. */
  readonly object: string;
  /** The object's own endpoints; without any, `locate` is asked. */
  readonly endpoints: readonly Endpoint[];
  /** @throws {LinkError} (as a rejection) */
  readonly locate: (object: string, options?: LocateOptions) => Promise<readonly Endpoint[]>;
  /** They outlive the session, so that an endpoint which did not answer is not trusted after a new connect. */
  readonly breakers: EndpointBreakers;
  readonly listener: LinkListener;
  /** The session has ended: no node could be connected, or the last connection ended. Called before the listener. */
  readonly ended: () => void;
}

/**
 * Which nodes may get a request. The first kind that has a node is used: if no endpoint answers, calls are sent all the
 * same, and the owner of the link decides when that is no use.
 */
const PREFERENCES: readonly ((node: ServantNode, request: LinkRequest) => boolean)[] = [
  (node, request) =>
    node.takes(request) && (request.avoid === undefined || !isSameEndpoint(node.endpoint, request.avoid)),
  (node, request) => node.takes(request),
  (node) => node.isOpen,
];

interface Settled {
  readonly resolve: () => void;
  readonly reject: (error: LinkError) => void;
}

export class LinkSession {
  /** Resolves when one node is connected. @throws {LinkError} if none can be, or the session is closed before. */
  readonly opened: Promise<void>;
  readonly #options: SessionOptions;
  readonly #settled: Settled;
  #nodes: ServantNode[] = [];
  /** Nodes that are no longer in the registry: they finish their calls. */
  readonly #retiring = new Set<ServantNode>();
  /** By node, while no node has been connected: why its first connect failed. */
  readonly #failures = new Map<ServantNode, LinkError>();
  #state: 'opening' | 'open' | 'over' = 'opening';
  /** The registry was asked once more, because no endpoint that it told before can be connected. */
  #hasAskedAgain = false;
  #isAsking = false;
  /** The registry's last answer, until one of its endpoints is connected. */
  #wanted: readonly Endpoint[] | undefined;
  #turn = 0;
  #locateTimer: unknown;

  constructor(options: SessionOptions) {
    this.#options = options;
    let settled: Settled | undefined;
    this.opened = new Promise((resolve, reject) => {
      settled = { resolve, reject };
    });
    this.#settled = settled!;
    // A link may be closed while nobody waits for this promise.
    this.opened.catch(ignore);
    void this.#start();
  }

  send(request: LinkRequest): boolean {
    const { routeKey } = request;
    if (routeKey !== undefined) return this.#sendByKey(request, routeKey);
    for (const mayGet of PREFERENCES) {
      let hasNode = false;
      for (let left = this.#nodes.length; left > 0; left--) {
        this.#turn = (this.#turn + 1) % this.#nodes.length;
        const node = this.#nodes[this.#turn]!;
        if (!mayGet(node, request)) continue;
        hasNode = true;
        if (node.send(this.#options.object, request)) return true;
      }
      // Nodes that have too much unsent take requests again later.
      if (hasNode) return false;
    }
    return false;
  }

  timedOut(requestId: number): void {
    for (const node of this.#all()) node.timedOut(requestId);
    this.#dismissIdle();
    this.#askIfNoneAnswers();
  }

  forget(requestId: number): void {
    for (const node of this.#all()) node.forget(requestId);
    this.#dismissIdle();
  }

  endpointOf(requestId: number): EndpointAddress | undefined {
    return this.#all().find((node) => node.has(requestId))?.endpoint;
  }

  endpoints(): readonly EndpointState[] {
    return this.#nodes.map(({ state }) => state);
  }

  /** Drops everything without calling the listener; `opened` rejects if it is pending. */
  close(): void {
    if (this.#state === 'opening')
      this.#settled.reject(new LinkError('connectionLost', 'the link was closed'));
    this.#state = 'over';
    this.#options.clock.clearTimeout(this.#locateTimer);
    for (const node of this.#all()) node.stop();
  }

  async #start(): Promise<void> {
    const { object, endpoints, breakers } = this.#options;
    try {
      const found = endpoints.length > 0 ? endpoints : await this.#locate();
      if (this.#state === 'over') return;
      if (found.length === 0) throw new LinkError('noEndpoint', `${object} has no endpoint`);
      breakers.keepOnly(found);
      for (const endpoint of found) this.#add(endpoint, true);
    } catch (error) {
      if (this.#state !== 'over') this.#giveUp(toLinkError(error));
    }
  }

  /** Asks once more if no known endpoint has answered of late: the servant may have moved while the old ones hang. */
  async #locate(): Promise<readonly Endpoint[]> {
    const { object, locate, breakers } = this.#options;
    const found = await locate(object);
    const isUsable = found.some((endpoint) => breakers.of(endpoint).circuit === 'closed');
    if (found.length === 0 || isUsable) return found;
    return locate(object, { isStale: true }).catch(() => found);
  }

  #add(endpoint: Endpoint, isAwaited: boolean): void {
    const breaker = this.#options.breakers.of(endpoint);
    const node = new ServantNode(endpoint, breaker, this.#options, this.#nodeListener);
    this.#nodes.push(node);
    node.dial(isAwaited);
  }

  #sendByKey(request: LinkRequest, routeKey: string): boolean {
    for (const mayGet of PREFERENCES) {
      const node = chooseByKey(
        this.#nodes.filter((one) => mayGet(one, request)),
        routeKey,
      );
      if (node !== undefined) return node.send(this.#options.object, request);
    }
    return false;
  }

  readonly #nodeListener: NodeListener = {
    connected: () => {
      if (this.#state === 'open') this.#retireOthers();
      if (this.#state !== 'opening') return;
      this.#state = 'open';
      this.#settled.resolve();
      if (this.#options.endpoints.length === 0) this.#locateLater();
    },
    failed: (node, error) => {
      if (this.#state !== 'opening') return;
      if (!this.#failures.has(node)) this.#failures.set(node, error);
      if (this.#failures.size < this.#nodes.length || this.#isAsking) return;
      const first = this.#failures.get(this.#nodes[0]!)!;
      if (this.#options.endpoints.length > 0 || this.#hasAskedAgain) this.#giveUp(first);
      else void this.#askAgain(first);
    },
    replied: (node, reply, isExpected) => this.#replied(node, reply, isExpected),
    drained: () => this.#options.listener.writable?.(),
    lost: (node, requestIds, error) => {
      const { ended, listener } = this.#options;
      if (this.#retiring.delete(node)) node.stop();
      const isLast = !this.#all().some(({ isConnected }) => isConnected);
      if (isLast) {
        this.close();
        ended();
      }
      listener.lost(requestIds, error, node.endpoint);
      if (isLast) listener.closed();
      else this.#askIfNoneAnswers();
    },
  };

  #replied(node: ServantNode, reply: LinkReply, isExpected: boolean): void {
    // A node must not answer a request that was sent to another node.
    if (!isExpected && this.#all().some((other) => other.has(reply.requestId))) return;
    this.#options.listener.reply(reply);
    if (this.#retiring.has(node)) this.#dismissIdle();
  }

  #giveUp(error: LinkError): void {
    this.#options.ended();
    this.#settled.reject(error);
    this.close();
  }

  /** The servant may have moved since the registry was asked last. */
  async #askAgain(failure: LinkError): Promise<void> {
    this.#hasAskedAgain = true;
    this.#isAsking = true;
    let found: readonly Endpoint[] = [];
    let reason = failure;
    try {
      found = await this.#options.locate(this.#options.object, { isStale: true });
    } catch (error) {
      if (error instanceof LinkError && error.code === 'noEndpoint') reason = error;
    }
    this.#isAsking = false;
    if (this.#state === 'over') return;
    const known = new Set(this.#nodes.map(({ endpoint }) => formatEndpoint(endpoint)));
    const fresh = found.filter((endpoint) => !known.has(formatEndpoint(endpoint)));
    // One of the old endpoints may have been connected meanwhile.
    if (this.#state === 'open') return;
    if (fresh.length === 0) return this.#giveUp(reason);
    this.#removeAllBut(found);
    for (const endpoint of fresh) this.#add(endpoint, true);
  }

  /** While no node is connected, none has calls to finish. */
  #removeAllBut(endpoints: readonly Endpoint[]): void {
    const wanted = new Set(endpoints.map(formatEndpoint));
    for (const node of this.#nodes) {
      if (wanted.has(formatEndpoint(node.endpoint))) continue;
      node.stop();
      this.#failures.delete(node);
    }
    this.#nodes = this.#nodes.filter(({ endpoint }) => wanted.has(formatEndpoint(endpoint)));
    this.#options.breakers.keepOnly(endpoints);
  }

  #locateLater(): void {
    const relocate = async (): Promise<void> => {
      await this.#relocate();
      if (this.#state !== 'over') this.#locateLater();
    };
    this.#locateTimer = startQuietTimer(this.#options.clock, () => void relocate(), LOCATE_INTERVAL_MS);
  }

  /** The servant may have moved while its old endpoints hang. */
  #askIfNoneAnswers(): void {
    if (this.#state !== 'open' || this.#options.endpoints.length > 0 || this.#isAsking) return;
    if (this.#nodes.some(({ isOpen, state }) => isOpen && state.circuit === 'closed')) return;
    this.#isAsking = true;
    void this.#relocate({ isStale: true }).finally(() => {
      this.#isAsking = false;
    });
  }

  /** Follows changes in the registry. If the registry cannot be reached, or has no reachable new node, nothing changes. */
  async #relocate(options?: LocateOptions): Promise<void> {
    const found = await this.#options.locate(this.#options.object, options).catch(() => undefined);
    if (this.#state === 'over' || found === undefined) return;
    const known = new Set(this.#nodes.map(({ endpoint }) => formatEndpoint(endpoint)));
    for (const endpoint of found) if (!known.has(formatEndpoint(endpoint))) this.#add(endpoint, false);
    this.#wanted = found;
    this.#retireOthers();
  }

  #retireOthers(): void {
    const found = this.#wanted;
    if (found === undefined) return;
    const wanted = new Set(found.map(formatEndpoint));
    const staying = this.#nodes.filter(({ endpoint }) => wanted.has(formatEndpoint(endpoint)));
    // Old nodes are kept until at least one node of the new list is connected.
    if (!staying.some(({ isOpen }) => isOpen)) return;
    this.#wanted = undefined;
    this.#options.breakers.keepOnly(found);
    for (const node of this.#nodes) if (!staying.includes(node)) this.#retiring.add(node);
    this.#nodes = staying;
    this.#dismissIdle();
  }

  #dismissIdle(): void {
    for (const node of this.#retiring) {
      if (!node.isIdle) continue;
      this.#retiring.delete(node);
      node.stop();
    }
  }

  #all(): ServantNode[] {
    return this.#retiring.size === 0 ? this.#nodes : [...this.#nodes, ...this.#retiring];
  }
}

function toLinkError(cause: unknown): LinkError {
  if (cause instanceof LinkError) return cause;
  return new LinkError('registryUnreachable', 'the endpoints could not be asked for', { cause });
}

function ignore(): void {}
