/** For tests of the proxy of a servant: a proxy, and a link whose other end is the test. */

import { FakeClock } from '../../system/clock-harness.ts';
import { expect } from 'vitest';
import type { ServerEventName } from '../../events/server-events.ts';
import {
  LinkError,
  type EndpointAddress,
  type EndpointCircuit,
  type EndpointState,
  type LinkListener,
  type LinkRequest,
  type ServantLink,
} from '../../tars/servant-link.ts';
import type { ServantOutcome, ProxyCall } from './call-table.ts';
import { DEFAULT_PROXY_POLICY, type TarsProxyPolicy } from './tars-proxy-events.ts';
import { startTarsProxy, tarsProxyMachine } from './tars-proxy.ts';

/** A link for tests. The test acts as the servant. */
class FakeLink implements ServantLink {
  readonly sent: LinkRequest[] = [];
  readonly expired: number[] = [];
  readonly forgotten: number[] = [];
  /** What the link tells of its endpoints: nothing, unless a test sets it. */
  states: readonly EndpointState[] = [];
  readonly endpointsOf = new Map<number, EndpointAddress>();
  opens = 0;
  isClosed = false;
  /** If it is set, `open` fails with it. */
  refusal: LinkError | undefined;
  #listener: LinkListener | undefined;

  attach(listener: LinkListener): this {
    this.#listener = listener;
    return this;
  }

  /** If it is set, `open` waits for it. */
  connecting: Promise<void> | undefined;

  async open(): Promise<void> {
    this.opens += 1;
    await this.connecting;
    if (this.refusal !== undefined) throw this.refusal;
  }

  /** True while the link accepts no requests. */
  isFull = false;
  /** If it is set, requests cannot be encoded. */
  misfit: Error | undefined;

  /** Sends to the first endpoint that is not to be avoided. */
  send(request: LinkRequest): boolean {
    if (this.isFull) return false;
    if (this.misfit !== undefined) throw this.misfit;
    this.sent.push(request);
    const endpoint = this.states.find(({ port }) => port !== request.avoid?.port);
    if (endpoint !== undefined && request.oneWay !== true) this.endpointsOf.set(request.requestId, endpoint);
    return true;
  }

  drain(): void {
    this.isFull = false;
    this.#listener?.writable?.();
  }

  timedOut(requestId: number): void {
    this.expired.push(requestId);
    this.endpointsOf.delete(requestId);
  }

  forget(requestId: number): void {
    this.forgotten.push(requestId);
    this.endpointsOf.delete(requestId);
  }

  endpointOf(requestId: number): EndpointAddress | undefined {
    return this.endpointsOf.get(requestId);
  }

  endpoints(): readonly EndpointState[] {
    return this.states;
  }

  /** The circuit of an endpoint changes. */
  change(endpoint: EndpointAddress, circuit: EndpointCircuit): void {
    this.#listener?.endpoint?.(endpoint, circuit);
  }

  close(): void {
    this.isClosed = true;
  }

  answer(request = this.sent.at(-1), ret = 0): void {
    this.#listener?.reply({ requestId: request?.requestId ?? -1, ret, body: new Uint8Array() });
  }

  lose(isSilence = false): void {
    this.loseOne(
      this.sent.map(({ requestId }) => requestId),
      isSilence,
    );
    this.#listener?.closed();
  }

  /** One of several connections ends. */
  loseOne(requestIds: readonly number[], isSilence = false): void {
    const error = new LinkError('connectionLost', 'gone', { isSilence });
    this.#listener?.lost(requestIds, error, this.endpointsOf.get(requestIds[0] ?? 0));
  }
}

/** Starts a proxy with a fake link. */
export function createProxy(policy: Partial<TarsProxyPolicy> = {}) {
  const clock = new FakeClock();
  const link = new FakeLink();
  const told: { name: ServerEventName; event: object }[] = [];
  const proxy = startTarsProxy(
    tarsProxyMachine,
    {
      name: 'hello',
      createLink: (listener) => link.attach(listener),
      policy: { ...DEFAULT_PROXY_POLICY, ...policy },
      clock,
      events: { emit: (name, event) => void told.push({ name, event }), isHeard: () => true },
      random: () => 0.5,
    },
    (error) => {
      throw error;
    },
  );
  function call(options: { deadlineMs?: number; idempotent?: boolean; oneWay?: boolean } = {}) {
    const outcomes: ServantOutcome[] = [];
    const made: ProxyCall = {
      request: { func: 'hello', body: new Uint8Array(), ...(options.oneWay && { oneWay: true }) },
      deadlineAt: clock.monotonic() + (options.deadlineMs ?? 3_000),
      idempotent: options.idempotent ?? false,
      settle: (outcome) => void outcomes.push(outcome),
      attempts: 0,
    };
    proxy.send({ type: 'rpc.call', call: made });
    return outcomes;
  }
  /** Makes one call, so that the proxy is `ready`. */
  async function connect(): Promise<void> {
    const outcomes = call();
    for (let turn = 0; turn < 100 && link.sent.length === 0; turn += 1) await Promise.resolve();
    link.answer();
    expect(outcomes).toHaveLength(1);
    link.sent.length = 0;
  }
  const state = () => proxy.getSnapshot().value;
  return { clock, link, told, proxy, call, connect, state };
}

export const failed = (failure: string) => [expect.objectContaining({ type: 'failed', failure })];
export const replied = [expect.objectContaining({ type: 'reply' })];
