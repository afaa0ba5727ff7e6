/** What a proxy does with its calls. The chart (tars-proxy.ts) decides when. */

import { RPC_ERRORS, type RpcFailure } from '../../protocol/rpc-errors.ts';
import { LinkError, type LinkReply } from '../../tars/servant-link.ts';
import type { ServantOutcome, ProxyCall } from './call-table.ts';
import type { TarsProxyContext, TarsProxyEvent } from './tars-proxy-events.ts';

/** The wait between two attempts of an idempotent call. It doubles with each attempt, and has full jitter. */
const RETRY_MIN_MS = 20;
const RETRY_MAX_MS = 500;

/** Lets a call wait for a connection or a free slot. */
export function wait(context: TarsProxyContext, call: ProxyCall): void {
  watchDeadline(context, call);
  context.calls.resting.delete(call);
  context.calls.waiting.add(call);
}

/** Sends a call, or lets it wait when the link has no connection at this moment. */
export function dispatch(context: TarsProxyContext, call: ProxyCall): void {
  const { calls, link, clock } = context;
  const timeoutMs = call.deadlineAt - clock.monotonic();
  if (timeoutMs <= 0) return expire(context, call);
  watchDeadline(context, call, timeoutMs);
  const requestId = calls.nextId();
  const { func, body, context: sentAlong, routeKey, oneWay } = call.request;
  // No spread here: it would take longer than everything else in this function.
  const request = { requestId, func, body, timeoutMs, context: sentAlong, routeKey, oneWay };
  if (!link.send(request)) return wait(context, call);
  calls.waiting.delete(call);
  calls.resting.delete(call);
  call.attempts += 1;
  if (oneWay === true) settle(context, call, { type: 'sent' });
  else calls.sent(call, requestId);
}

/** Sends the call that has waited longest, and refuses the others: only one call may try. */
export function dispatchTry(context: TarsProxyContext): void {
  const [first, ...others] = context.calls.waiting;
  for (const call of others) settle(context, call, { type: 'failed', failure: 'circuitOpen' });
  if (first !== undefined) dispatch(context, first);
}

/** Sends as many of the waiting calls as there are slots. */
export function dispatchWaiting(context: TarsProxyContext): void {
  const { calls, policy } = context;
  for (const call of calls.waiting) {
    if (calls.inFlight.size >= policy.maxInFlight) return;
    dispatch(context, call);
    // The link accepts no more requests, so the other calls would wait again.
    if (calls.waiting.has(call)) return;
  }
}

export function receive(context: TarsProxyContext, reply: LinkReply): void {
  const { calls } = context;
  const call = calls.inFlight.get(reply.requestId);
  if (call === undefined) {
    calls.late += 1;
    return;
  }
  settle(context, call, { type: 'reply', reply });
}

/** The deadline of the call has passed. */
export function expire(context: TarsProxyContext, call: ProxyCall): void {
  const id = context.calls.remove(call);
  if (id !== undefined) context.link.timedOut(id);
  // A call that was never sent has waited for a connection or a slot, and not for the servant.
  settle(context, call, { type: 'failed', failure: call.attempts > 0 ? 'timedOut' : context.lastFailure });
}

export function loseCalls(context: TarsProxyContext, ids: readonly number[], error: LinkError): void {
  const failure = toFailure(error);
  for (const id of ids) {
    const call = context.calls.inFlight.get(id);
    if (call === undefined) continue;
    context.calls.remove(call);
    fail(context, call, failure, error);
  }
}

export function failWaiting(context: TarsProxyContext): void {
  for (const call of context.calls.waiting) {
    context.calls.remove(call);
    fail(context, call, context.lastFailure);
  }
}

/** An attempt has failed. The call is tried again if this does no harm and there is time left; otherwise it fails. */
export function fail(context: TarsProxyContext, call: ProxyCall, failure: RpcFailure, cause?: unknown): void {
  const { calls, clock, random, send } = context;
  const attempt = Math.min(call.attempts, 10);
  const delayMs = random() * Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** attempt);
  const isWorthIt =
    call.idempotent && RPC_ERRORS[failure].retry && clock.monotonic() + delayMs < call.deadlineAt;
  if (!isWorthIt) {
    settle(context, call, { type: 'failed', failure, ...(cause !== undefined && { cause }) });
    return;
  }
  watchDeadline(context, call);
  calls.resting.add(call);
  clock.setTimeout(() => {
    if (calls.resting.has(call)) send({ type: 'call.due', call }, 'timer');
  }, delayMs);
}

/** Ends a call and gives its outcome to the caller. */
export function settle(context: TarsProxyContext, call: ProxyCall, outcome: ServantOutcome): void {
  context.clock.clearTimeout(call.timer);
  context.calls.remove(call);
  call.settle(outcome);
}

/** Whether an event shows that the servant has a problem: a call was not answered in time, or its connection was lost. */
export function isSetback(event: TarsProxyEvent): boolean {
  if (event.type === 'call.expired') return event.call.attempts > 0;
  return event.type === 'link.lost' && event.ids.length > 0;
}

export function toFailure(error: unknown): RpcFailure {
  if (!(error instanceof LinkError)) return 'noRoute';
  return error.code === 'timedOut' ? 'noRoute' : error.code;
}

/** Starts the timer of a call's deadline, if it is not started yet. */
function watchDeadline(
  { clock, send }: TarsProxyContext,
  call: ProxyCall,
  leftMs = Math.max(0, call.deadlineAt - clock.monotonic()),
): void {
  call.timer ??= clock.setTimeout(() => send({ type: 'call.expired', call }, 'timer'), leftMs);
}
