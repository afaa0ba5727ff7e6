/**
 * A link over the connections of `@tars/rpc`. It chooses the endpoint of each call by circuit breakers of ours, and tells
 * at once what `@tars/rpc` leaves to time-outs: refused and lost connections.
 */

import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { chooseByKey } from '../client/choose-node.ts';
import { EndpointBreakers } from '../client/endpoint-breaker.ts';
import { toConnectFailure, toLoss, toSilence } from '../client/link-failure.ts';
import {
  LinkError,
  type EndpointAddress,
  type EndpointState,
  type LinkListener,
  type LinkRequest,
  type ServantLink,
} from '../servant-link.ts';
import { formatEndpoint, isSameEndpoint } from '../client/endpoint.ts';
import { containProtocol } from './contained-protocol.ts';
import { hasRoom, isAlive, isConnected, isConnecting, toAddress, withSeed } from './rpc-adapters.ts';
import { untilLocated } from './rpc-registry.ts';
import type {
  RpcAdapter,
  RpcAnswer,
  RpcBytesClass,
  RpcMessage,
  RpcProperty,
  RpcProtocol,
  RpcRejection,
  RpcTransceiver,
  RpcWorker,
} from './rpc-internals.ts';

const CONNECT_MS = 1_000;
/** How often an endpoint that is not connected is dialled. */
const REDIAL_MS = 1_000;
/** This many late calls in a row without any byte end a connection. */
const MAX_SILENT_TIMEOUTS = 3;

export interface TarsRpcLinkOptions {
  readonly worker: RpcWorker;
  /** The class of bytes, known since the first arguments were encoded. */
  readonly bytesClass: () => RpcBytesClass | undefined;
  readonly clock: Clock;
  readonly listener: LinkListener;
}

interface Pending {
  readonly adapter: RpcAdapter;
  readonly message: RpcMessage;
}

export class TarsRpcLink implements ServantLink {
  readonly #options: TarsRpcLinkOptions;
  /** The worker with our choice of endpoints, for our calls only. */
  readonly #worker: RpcWorker;
  readonly #breakers: EndpointBreakers;
  readonly #pending = new Map<number, Pending>();
  /** Adapters that were dialled a moment ago. */
  readonly #dialled = new Set<RpcAdapter>();
  readonly #failures = new WeakMap<RpcAdapter, Error>();
  /** Why we closed a connection. */
  readonly #reasons = new WeakMap<RpcTransceiver, LinkError>();
  /** By adapter: how many late calls there were since something came. */
  readonly #silence = new WeakMap<RpcAdapter, number>();
  readonly #waiters = new Set<() => void>();
  #opening: Promise<void> | undefined;
  #isClosed = false;
  #turn = 0;
  #sent: RpcMessage | undefined;
  #target: RpcAdapter | undefined;

  constructor(options: TarsRpcLinkOptions) {
    this.#options = options;
    const { worker, clock, listener } = options;
    this.#breakers = new EndpointBreakers(clock, ({ host, port }, circuit) =>
      process.nextTick(() => {
        if (!this.#isClosed) listener.endpoint?.({ host, port }, circuit);
      }),
    );
    // Error replies are answers of the servant. They must not mark its endpoints as dead.
    worker.setCheckTimeoutInfo({ frequenceFailInvoke: Infinity, minTimeoutInvoke: Infinity });
    worker.setProtocol(
      containProtocol(worker._protocol, {
        created: (protocol) => process.nextTick(() => this.#watch(protocol)),
        heard: (protocol) => this.#heard(protocol),
        broken: (protocol, cause) => this.#broken(protocol, cause),
      }),
    );
    this.#worker = Object.create(worker, {
      genRequestId: { value: () => worker.genRequestId() },
      invoke: { value: (message: RpcMessage) => this.#invoke(message) },
      _iTimeout: { value: 0, writable: true },
    }) as RpcWorker;
  }

  open(): Promise<void> {
    this.#isClosed = false;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  send(request: LinkRequest): boolean {
    const { requestId, func, body, timeoutMs, context = new Map<string, string>(), oneWay = false } = request;
    const Bytes = this.#options.bytesClass();
    const adapter = this.#choose(request);
    if (adapter === undefined || Bytes === undefined) return false;
    const property: RpcProperty = { context: Object.fromEntries(context), ...(oneWay && { packetType: 1 }) };
    this.#target = adapter;
    this.#worker._iTimeout = Math.ceil(timeoutMs);
    const answered = this.#worker.tars_invoke(func, new Bytes(Buffer.from(body)), property);
    const message = this.#sent;
    if (!oneWay && message !== undefined) {
      this.#pending.set(requestId, { adapter, message });
      this.#breakers.of(toAddress(adapter)).sent(requestId);
    }
    answered.then(
      (answer) => this.#answered(requestId, answer),
      (rejection: RpcRejection) => this.#rejected(requestId, rejection),
    );
    return true;
  }

  timedOut(requestId: number): void {
    const found = this.#pending.get(requestId);
    if (found === undefined) return;
    const { adapter } = found;
    this.#pending.delete(requestId);
    this.#breakers.of(toAddress(adapter)).failed([requestId]);
    const silence = (this.#silence.get(adapter) ?? 0) + 1;
    this.#silence.set(adapter, silence);
    if (silence < MAX_SILENT_TIMEOUTS) return;
    this.#breakers.of(toAddress(adapter)).trip();
    for (const transceiver of adapter._vTrans) {
      this.#reasons.set(transceiver, toSilence(toAddress(adapter)));
      transceiver.close();
    }
  }

  forget(requestId: number): void {
    const found = this.#pending.get(requestId);
    if (found === undefined) return;
    this.#breakers.of(toAddress(found.adapter)).forget(requestId);
    this.#pending.delete(requestId);
  }

  endpointOf(requestId: number): EndpointAddress | undefined {
    const found = this.#pending.get(requestId);
    return found && toAddress(found.adapter);
  }

  endpoints(): readonly EndpointState[] {
    return this.#adapters.map((adapter) => {
      const address = toAddress(adapter);
      const { circuit, failures } = this.#breakers.of(address);
      return { ...address, isConnected: isConnected(adapter), circuit, failures };
    });
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#pending.values()) drop(call);
    this.#pending.clear();
    this.#breakers.keepOnly([]);
    for (const adapter of this.#adapters) for (const transceiver of adapter._vTrans) transceiver.close();
    this.#tellWaiters();
  }

  get #adapters(): readonly RpcAdapter[] {
    return this.#options.worker._manager._adapters;
  }

  async #connect(): Promise<void> {
    await untilLocated(this.#options.worker, this.#options.clock, () => this.#isClosed);
    for (const adapter of this.#adapters) adapter.checkActive(true);
    let isLate = false;
    const timer = startQuietTimer(
      this.#options.clock,
      () => {
        isLate = true;
        this.#tellWaiters();
      },
      CONNECT_MS,
    );
    try {
      while (!this.#adapters.some(isConnected)) {
        if (this.#isClosed) throw new LinkError('connectionLost', 'the link was closed');
        if (isLate || !this.#adapters.some(isConnecting)) throw this.#toFailure();
        await new Promise<void>((resolve) => this.#waiters.add(resolve));
      }
    } finally {
      this.#options.clock.clearTimeout(timer);
    }
  }

  #toFailure(): LinkError {
    const [first] = this.#adapters;
    if (first === undefined) return new LinkError('noEndpoint', 'there is no endpoint');
    const failure = this.#failures.get(first);
    if (failure !== undefined) return toConnectFailure(toAddress(first), failure);
    return new LinkError(
      'timedOut',
      `${formatEndpoint(toAddress(first))} was not connected in ${CONNECT_MS} ms`,
    );
  }

  /** The next endpoint that is connected and answers; if none answers, one that is connected. */
  #choose({ avoid, routeKey, oneWay = false }: LinkRequest): RpcAdapter | undefined {
    const { _manager: manager } = this.#options.worker;
    if (!manager._direct) manager._dns();
    for (const adapter of this.#adapters) if (!isConnected(adapter)) this.#dial(adapter);
    const connected = this.#adapters.filter(isConnected);
    const usable = connected.filter((adapter) => this.#breakers.of(toAddress(adapter)).takes(oneWay));
    const others = usable.filter(
      (adapter) => avoid === undefined || !isSameEndpoint(toAddress(adapter), avoid),
    );
    const candidates = [others, usable].find(({ length }) => length > 0) ?? connected;
    this.#turn += 1;
    const chosen =
      routeKey === undefined
        ? candidates[this.#turn % candidates.length]
        : chooseByKey(candidates.map(withSeed), routeKey)?.adapter;
    return chosen !== undefined && hasRoom(chosen) ? chosen : candidates.find(hasRoom);
  }

  #dial(adapter: RpcAdapter): void {
    if (this.#dialled.has(adapter)) return;
    this.#dialled.add(adapter);
    startQuietTimer(this.#options.clock, () => this.#dialled.delete(adapter), REDIAL_MS);
    adapter.checkActive(true);
  }

  /** Called by `tars_invoke` with the call that it has made. */
  #invoke(message: RpcMessage): Promise<RpcAnswer> {
    this.#sent = message;
    try {
      this.#target?.invoke(message);
    } catch (error) {
      // Nobody would wait for its time-out.
      message.clearTimeout();
      throw error;
    }
    return message.promise.promise;
  }

  #answered(requestId: number, { response }: RpcAnswer): void {
    this.#reply(requestId, response.iRet, response.sBuffer.toNodeBuffer());
  }

  #rejected(requestId: number, { error }: RpcRejection): void {
    const code = error?.code ?? LOCAL_CODES.timedOut;
    // The owner of the link has deadlines of its own, and one-way calls always reject.
    if (code === LOCAL_CODES.timedOut || !this.#pending.has(requestId)) return;
    if (code === LOCAL_CODES.notSent) {
      const { adapter } = this.#pending.get(requestId)!;
      this.#lose([requestId], adapter, toLoss(toAddress(adapter), 'took no request'));
      return;
    }
    this.#reply(requestId, code, NO_BYTES, error?.message);
  }

  #reply(requestId: number, ret: number, body: Uint8Array, description = ''): void {
    const found = this.#pending.get(requestId);
    if (found === undefined) return;
    this.#pending.delete(requestId);
    const endpoint = toAddress(found.adapter);
    this.#breakers.of(endpoint).replied();
    this.#options.listener.reply({
      requestId,
      ret,
      body,
      endpoint,
      ...(description !== '' && { description }),
    });
  }

  /** Follows the socket of a connection that is being made. */
  #watch(protocol: RpcProtocol): void {
    const found = this.#find(protocol);
    const socket = found?.transceiver._socket;
    if (found === undefined || socket === undefined) return;
    const { adapter, transceiver } = found;
    const endpoint = toAddress(adapter);
    let cause: Error | undefined;
    socket
      .on('drain', () => this.#options.listener.writable?.())
      .once('connect', () => {
        this.#failures.delete(adapter);
        this.#tellWaiters();
        this.#options.listener.writable?.();
      })
      .once('error', (error) => {
        cause = error;
        this.#failures.set(adapter, error);
      })
      .once('close', () => {
        const reason = this.#reasons.get(transceiver) ?? toLoss(endpoint, 'was closed', cause);
        this.#reasons.delete(transceiver);
        const ids = [...this.#pending].filter(([, call]) => call.adapter === adapter).map(([id]) => id);
        this.#lose(ids, adapter, reason);
        this.#tellWaiters();
        if (!this.#isClosed && !this.#adapters.some(isAlive)) this.#options.listener.closed();
      });
  }

  #lose(requestIds: readonly number[], adapter: RpcAdapter, error: LinkError): void {
    for (const id of requestIds) {
      drop(this.#pending.get(id)!);
      this.#pending.delete(id);
    }
    if (requestIds.length > 0 && !error.isSilence) this.#breakers.of(toAddress(adapter)).failed(requestIds);
    if (this.#isClosed || (requestIds.length === 0 && !error.isSilence)) return;
    this.#options.listener.lost(requestIds, error, toAddress(adapter));
  }

  #heard(protocol: RpcProtocol): void {
    const found = this.#find(protocol);
    if (found !== undefined) this.#silence.set(found.adapter, 0);
  }

  #broken(protocol: RpcProtocol, cause: unknown): void {
    const found = this.#find(protocol);
    if (found === undefined) return;
    const { adapter, transceiver } = found;
    const message = `what ${formatEndpoint(toAddress(adapter))} sent is no reply`;
    this.#reasons.set(transceiver, new LinkError('undecodable', message, { cause }));
    transceiver.close();
  }

  #find(protocol: RpcProtocol): { adapter: RpcAdapter; transceiver: RpcTransceiver } | undefined {
    for (const adapter of this.#adapters)
      for (const transceiver of adapter._vTrans)
        if (transceiver._stream === protocol) return { adapter, transceiver };
    return undefined;
  }

  #tellWaiters(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const resolve of waiters) resolve();
  }
}

/** Codes that `@tars/rpc` gives itself. */
const LOCAL_CODES = { timedOut: -13_001, notSent: -10_000 } as const;

const NO_BYTES = new Uint8Array(0);

/** `@tars/rpc` would wait for the whole time-out of a call that nobody waits for. */
function drop({ adapter, message }: Pending): void {
  message.clearTimeout();
  adapter._pTimeoutQueueY.erase(message.request.iRequestId);
}
