/** What a proxy does with its calls. The chart (tars-proxy.ts) decides when. */

import { RPC_ERRORS, type RpcFailure } from '../../protocol/rpc-errors.ts';
import { formatEndpoint } from '../../tars/client/endpoint.ts';
import { LinkError, type EndpointAddress, type LinkReply } from '../../tars/servant-link.ts';
import type { ServantOutcome, ProxyCall } from './call-table.ts';
import type { TarsProxyContext, TarsProxyEvent } from './tars-proxy-events.ts';

/** The wait between two attempts of an idempotent call. It doubles with each attempt, and has full jitter. */
const RETRY_MIN_MS = 20;
const RETRY_MAX_MS = 500;
/** An idempotent call is sent once, and once more. */
const MAX_ATTEMPTS = 2;

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
  const { avoid } = call;
  // No spread here: it would take longer than everything else in this function.
  const request = { requestId, func, body, timeoutMs, context: sentAlong, routeKey, oneWay, avoid };
  let isSent = false;
  try {
    isSent = link.send(request);
  } catch (error) {
    // The request is at fault: other calls go on.
    return settle(context, call, { type: 'unfit', error: error as Error });
  }
  if (!isSent) return wait(context, call);
  calls.waiting.delete(call);
  calls.resting.delete(call);
  call.attempts += 1;
  if (oneWay === true) return settle(context, call, { type: 'sent' });
  calls.sent(call, requestId);
  if (call.idempotent && call.attempts < MAX_ATTEMPTS) watchLateness(context, call, timeoutMs / 2);
}

/** Sends the late call once more, to another endpoint. The first reply counts. */
export function tryElsewhere(context: TarsProxyContext, call: ProxyCall): void {
  call.avoid = endpointOf(context, call.requestId);
  dispatch(context, call);
  // If it was not sent, it goes on waiting for the reply of its first attempt only.
  context.calls.waiting.delete(call);
}

/** Whether a late call can be sent to another endpoint that answers. */
export function canTryElsewhere(context: TarsProxyContext, call: ProxyCall): boolean {
  const { calls, link, policy } = context;
  const { requestId } = call;
  if (requestId === undefined || call.attempts >= MAX_ATTEMPTS) return false;
  if (calls.inFlight.size >= policy.maxInFlight) return false;
  const used = link.endpointOf?.(requestId);
  return used !== undefined && hasEndpointBesides(context, used);
}

/** The call that has waited longest of those that can show whether the servant answers. */
export function findTry(context: TarsProxyContext): ProxyCall | undefined {
  for (const call of context.calls.waiting) if (call.request.oneWay !== true) return call;
  return undefined;
}

/** Sends the call that has waited longest, and refuses the others: only one call may try. */
export function dispatchTry(context: TarsProxyContext): void {
  const first = findTry(context);
  for (const call of context.calls.waiting) {
    if (call !== first) settle(context, call, { type: 'failed', failure: 'circuitOpen' });
  }
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
  const { calls, link } = context;
  const call = calls.inFlight.get(reply.requestId);
  if (call === undefined) {
    calls.late += 1;
    return;
  }
  const { requestId, secondId } = call;
  // The first attempt had twice the time of the second one.
  if (secondId === reply.requestId && requestId !== undefined) link.timedOut(requestId);
  else if (secondId !== undefined) link.forget?.(secondId);
  settle(context, call, { type: 'reply', reply });
}

/** The deadline of the call has passed. */
export function expire(context: TarsProxyContext, call: ProxyCall): void {
  const { requestId, secondId, attempts } = call;
  const cause = attempts > 0 ? describeSilence(context, call) : new Error('it was not sent');
  context.calls.remove(call);
  if (requestId !== undefined) context.link.timedOut(requestId);
  if (secondId !== undefined) context.link.timedOut(secondId);
  // A call that was never sent may have waited for a connection that cannot be made.
  const isUnreachable = attempts === 0 && context.failedConnects > 0;
  const failure = isUnreachable ? context.lastFailure : 'timedOut';
  settle(context, call, { type: 'failed', failure, ...(cause !== undefined && { cause }) });
}

export function loseCalls(
  context: TarsProxyContext,
  ids: readonly number[],
  error: LinkError,
  endpoint?: EndpointAddress,
): void {
  const failure = toFailure(error);
  for (const id of ids) {
    const call = context.calls.inFlight.get(id);
    if (call === undefined || !context.calls.endAttempt(call, id)) continue;
    call.avoid = endpoint;
    context.calls.remove(call);
    fail(context, call, failure, error);
  }
}

export function failWaiting(context: TarsProxyContext, failure: RpcFailure): void {
  for (const call of context.calls.waiting) {
    context.calls.remove(call);
    fail(context, call, failure);
  }
}

/** An attempt has failed. The call is tried again if this does no harm and there is time left; otherwise it fails. */
export function fail(context: TarsProxyContext, call: ProxyCall, failure: RpcFailure, cause?: unknown): void {
  const { calls, clock, random, send } = context;
  const attempt = Math.min(call.attempts, 10);
  const delayMs = random() * Math.min(RETRY_MAX_MS, RETRY_MIN_MS * 2 ** attempt);
  const isWorthIt =
    call.idempotent &&
    call.attempts < MAX_ATTEMPTS &&
    RPC_ERRORS[failure].retry &&
    clock.monotonic() + delayMs < call.deadlineAt;
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
  if (call.lateTimer !== undefined) context.clock.clearTimeout(call.lateTimer);
  context.calls.remove(call);
  call.settle(outcome);
}

/** Whether an event shows that the servant has a problem: a call was not answered in time, or its connection was lost. */
export function isSetback(event: TarsProxyEvent): boolean {
  if (event.type === 'call.expired') return event.call.attempts > 0;
  return event.type === 'link.lost' && (event.ids.length > 0 || event.error.isSilence);
}

/**
 * Whether this setback opens the circuit: too many in a row, or a silent connection, which would be silent again after a
 * new connect. It does not while another endpoint answers.
 */
export function isLastStraw(context: TarsProxyContext, event: TarsProxyEvent): boolean {
  if (!isSetback(event)) return false;
  const isSilence = event.type === 'link.lost' && event.error.isSilence;
  if (!isSilence && context.setbacks + 1 < context.policy.failuresToOpen) return false;
  return !hasEndpointBesides(context);
}

/** Whether an endpoint answers, as far as is known; `used` does not count. */
function hasEndpointBesides({ link, policy }: TarsProxyContext, used?: EndpointAddress): boolean {
  const all = link.endpoints?.() ?? [];
  return all.some(
    ({ host, port, isConnected, circuit, failures }) =>
      isConnected &&
      circuit === 'closed' &&
      failures + 1 < policy.failuresToOpen &&
      !(host === used?.host && port === used.port),
  );
}

function endpointOf({ link }: TarsProxyContext, requestId: number | undefined): EndpointAddress | undefined {
  return requestId === undefined ? undefined : link.endpointOf?.(requestId);
}

/** For the log: which endpoints did not answer. */
function describeSilence(context: TarsProxyContext, { requestId, secondId }: ProxyCall): Error | undefined {
  const endpoints = [endpointOf(context, requestId), endpointOf(context, secondId)];
  const texts = endpoints.filter((endpoint) => endpoint !== undefined).map(formatEndpoint);
  return texts.length === 0 ? undefined : new Error(`no answer from ${texts.join(' and ')}`);
}

export function toFailure(error: unknown): RpcFailure {
  if (!(error instanceof LinkError)) return 'noRoute';
  return error.code === 'timedOut' ? 'noRoute' : error.code;
}

/** Starts the timer of the second attempt of an idempotent call. */
function watchLateness({ clock, send }: TarsProxyContext, call: ProxyCall, delayMs: number): void {
  call.lateTimer ??= clock.setTimeout(() => send({ type: 'call.late', call }, 'timer'), delayMs);
}

/** Starts the timer of a call's deadline, if it is not started yet. */
function watchDeadline(
  { clock, send }: TarsProxyContext,
  call: ProxyCall,
  leftMs = Math.max(0, call.deadlineAt - clock.monotonic()),
): void {
  call.timer ??= clock.setTimeout(() => send({ type: 'call.expired', call }, 'timer'), leftMs);
}
