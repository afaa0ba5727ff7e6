/**
 * The proxies of all configured servants (remote objects of TARS services). It starts and stops them, and gives callers
 * to generated code.
 */

import type { Clock } from '../../system/clock.ts';
import type { EventSink } from '../../events/server-events.ts';
import { RPC_ERRORS } from '../../protocol/rpc-errors.ts';
import { failureOf, returnCodeOf, RpcError } from '../../tars/rpc-error.ts';
import type { LinkListener, ServantLink } from '../../tars/servant-link.ts';
import { checkOptions } from '../../tars/calls/call-options.ts';
import type { Caller, CallRequest } from '../../tars/calls/caller.ts';
import { RETURN_CODES } from '../../tars/wire/return-codes.ts';
import type { ProxyCall, ServantOutcome } from './call-table.ts';
import { send } from '../runtime/send.ts';
import { SERVER } from '../runtime/sender.ts';
import { type TarsProxyPolicy } from './tars-proxy-events.ts';
import { startTarsProxy, type tarsProxyMachine, type TarsProxyRef } from './tars-proxy.ts';

export interface ServantsInput {
  /** The machine of each proxy. */
  readonly machine: typeof tarsProxyMachine;
  /** Makes the link of a servant, by the name that clients use. */
  readonly links: ReadonlyMap<string, (listener: LinkListener) => ServantLink>;
  /** Functions that do no harm when they run twice, by the name of the servant. A call may say otherwise. */
  readonly idempotent: ReadonlyMap<string, ReadonlySet<string>>;
  readonly policy: TarsProxyPolicy;
  /** The default deadline of a call, in milliseconds. */
  readonly callMs: number;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly random: () => number;
  /** Makes a W3C trace context for a call that has none. */
  readonly newTraceparent: () => string;
}

export interface Servants {
  /** The caller for generated proxies. Its calls reject with `RpcError`, and tell that as `rpc.failed` by default. */
  callerOf(name: string, options?: { readonly tellsFailures: boolean }): Caller;
  /** The proxies that were started so far, by the name of the servant. A proxy starts with its first call. */
  readonly proxies: ReadonlyMap<string, TarsProxyRef>;
  /** The value of each proxy's machine, such as `{ ready: { circuit: 'closed' } }`, by the name of the servant. */
  states(): Record<string, unknown>;
  /** Waits for calls under way and closes all connections. A second call of `stop` ends the waiting. */
  stop(): Promise<void>;
}

export function createServants(input: ServantsInput): Servants {
  const { machine, links, idempotent, policy, callMs, clock, events, random, newTraceparent } = input;
  const proxies = new Map<string, TarsProxyRef>();
  let isStopping = false;

  function start(name: string): TarsProxyRef {
    const createLink = links.get(name);
    if (createLink === undefined) throw new RangeError(`there is no servant named ${name}`);
    const proxy = startTarsProxy(machine, { name, createLink, policy, clock, events, random }, (error) => {
      // The next call starts a new one.
      proxies.delete(name);
      events.emit('servant.unreachable', { servant: name, error });
    });
    proxies.set(name, proxy);
    return proxy;
  }

  function call(name: string, request: CallRequest, sink: RpcSink): Promise<Uint8Array> {
    const { func, body, routeKey, oneWay, options } = request;
    const startedAt = clock.monotonic();
    return new Promise((resolve, reject) => {
      checkOptions(options);
      const context = new Map(options.context);
      const trace = context.get(TRACE_KEY) ?? newTraceparent();
      context.set(TRACE_KEY, trace);
      const settle = (outcome: ServantOutcome): void => {
        if (outcome.type === 'unfit') {
          reject(outcome.error);
          return;
        }
        const error = toError(func, outcome);
        if (error === undefined) {
          resolve(outcome.type === 'reply' ? outcome.reply.body : NO_BYTES);
          return;
        }
        sink?.emit('rpc.failed', { servant: name, func, failure: error.failure, trace, error });
        reject(error);
      };
      if (isStopping) {
        settle({ type: 'failed', failure: 'stopping' });
        return;
      }
      const proxy = proxies.get(name) ?? start(name);
      const call: ProxyCall = {
        request: { func, body, routeKey, oneWay, context },
        deadlineAt: startedAt + (options.deadlineMs ?? callMs),
        idempotent: options.idempotent ?? idempotent.get(name)?.has(func) ?? false,
        attempts: 0,
        settle,
      };
      // The call has come through generated code, which does not know who called.
      send(proxy, { type: 'rpc.call', call }, undefined);
    });
  }

  return {
    proxies,
    callerOf(name, { tellsFailures } = { tellsFailures: true }) {
      const sink = tellsFailures ? events : undefined;
      return {
        call: (request) => call(name, request, sink),
        undecodable({ func, options }, cause) {
          const error = toError(func, { type: 'failed', failure: 'undecodable', cause })!;
          const trace = options.context?.get(TRACE_KEY);
          sink?.emit('rpc.failed', {
            servant: name,
            func,
            failure: 'undecodable',
            error,
            ...(trace !== undefined && { trace }),
          });
          return error;
        },
      };
    },
    states() {
      const names = [...links.keys()];
      return Object.fromEntries(
        names.map((name) => [name, proxies.get(name)?.getSnapshot().value ?? 'idle']),
      );
    },
    async stop() {
      const isImpatient = isStopping;
      isStopping = true;
      await Promise.all([...proxies.values()].map((proxy) => stopProxy(proxy, isImpatient)));
    },
  };
}

async function stopProxy(proxy: TarsProxyRef, isImpatient: boolean): Promise<void> {
  if (proxy.getSnapshot().status !== 'active') return;
  const stopped = new Promise<void>((resolve) => {
    proxy.subscribe({ complete: resolve, error: () => resolve() });
  });
  send(proxy, { type: 'proxy.stop' }, SERVER);
  if (isImpatient) send(proxy, { type: 'proxy.stop' }, SERVER);
  await stopped;
}

/** Is told of failed calls; undefined: nobody is. */
type RpcSink = EventSink | undefined;

/** The key of the trace in the context of a call. It is the name of the W3C header. */
const TRACE_KEY = 'traceparent';

const NO_BYTES = new Uint8Array(0);

function toError(func: string, outcome: Exclude<ServantOutcome, { type: 'unfit' }>): RpcError | undefined {
  if (outcome.type === 'sent') return undefined;
  if (outcome.type === 'failed') {
    const { failure, cause } = outcome;
    const detail =
      cause instanceof Error && cause.message !== RPC_ERRORS[failure].message ? cause.message : undefined;
    return new RpcError(func, failure, returnCodeOf(failure), detail, cause);
  }
  const { ret, description } = outcome.reply;
  return ret === RETURN_CODES.ok ? undefined : new RpcError(func, failureOf(ret), ret, description);
}
