/** The delays, guards and actions for the chart of a servant's proxy (tars-proxy.ts). */

import { assertEvent, fromPromise, setup } from 'xstate';
import type { RpcFailure } from '../../protocol/rpc-errors.ts';
import { formatEndpoint } from '../../tars/client/endpoint.ts';
import type { ServantLink } from '../../tars/servant-link.ts';
import * as effects from './tars-proxy-effects.ts';
import type { TarsProxyContext, TarsProxyEvent, TarsProxyInput } from './tars-proxy-events.ts';

/** The wait after a refused connection. It is short, so that a servant that is started again is used soon. */
const REFUSED_REST_MS = 50;
/** After any other failure to connect the wait doubles each time, up to this limit. */
const MAX_CONNECT_REST_MS = 2_000;

export const tarsProxySetup = setup({
  types: {
    context: {} as TarsProxyContext,
    input: {} as TarsProxyInput,
    events: {} as TarsProxyEvent,
  },
  actors: {
    connect: fromPromise<void, ServantLink>(({ input }) => input.open()),
  },
  delays: {
    connectRest: ({ context }) =>
      context.lastFailure === 'refused'
        ? REFUSED_REST_MS
        : Math.min(MAX_CONNECT_REST_MS, REFUSED_REST_MS * 2 ** Math.min(context.failedConnects, 10)),
    circuitRest: ({ context: { policy, openings } }) =>
      Math.min(policy.maxOpenMs, policy.openMs * 2 ** Math.min(openings - 1, 10)),
  },
  guards: {
    hasSlot: ({ context: { calls, policy } }) => calls.inFlight.size < policy.maxInFlight,
    hasPlace: ({ context: { calls, policy } }) => calls.waiting.size < policy.maxWaiting,
    hasCalls: ({ context: { calls } }) => calls.waiting.size + calls.resting.size + calls.inFlight.size > 0,
    hasNoTry: ({ context: { calls } }) => calls.waiting.size + calls.inFlight.size === 0,
    hasWaiting: ({ context: { calls } }) => calls.waiting.size > 0,
    isLastStraw: ({ context, event }) => effects.isLastStraw(context, event),
    isSetback: ({ event }) => effects.isSetback(event),
    isOnTrial: ({ context }) => context.openings > 0,
    hasTry: ({ context }) => context.openings > 0 && effects.findTry(context) !== undefined,
    isTryLost: ({ context: { calls }, event }) =>
      event.type === 'link.lost' && event.ids.some((id) => calls.inFlight.has(id)),
    canTry: ({ event }) =>
      (event.type === 'rpc.call' || event.type === 'call.due') && event.call.request.oneWay !== true,
    canTryElsewhere: ({ context, event }) =>
      event.type === 'call.late' && effects.canTryElsewhere(context, event.call),
    isAnswer: ({ context: { calls }, event }) =>
      event.type === 'link.replied' && calls.inFlight.has(event.reply.requestId),
  },
  actions: {
    wait: ({ context, event }) => {
      assertEvent(event, ['rpc.call', 'call.due']);
      effects.wait(context, event.call);
    },
    dispatch: ({ context, event }) => {
      if (event.type !== 'rpc.call' && event.type !== 'call.due') return;
      effects.dispatch(context, event.call);
    },
    tryElsewhere: ({ context, event }) => {
      assertEvent(event, 'call.late');
      effects.tryElsewhere(context, event.call);
    },
    dispatchWaiting: ({ context }) => effects.dispatchWaiting(context),
    dispatchTry: ({ context }) => effects.dispatchTry(context),
    refuse: ({ context, event }, params: { failure: RpcFailure }) => {
      assertEvent(event, ['rpc.call', 'call.due']);
      effects.settle(context, event.call, { type: 'failed', failure: params.failure });
    },
    refuseAsLast: ({ context, event }) => {
      assertEvent(event, ['rpc.call', 'call.due']);
      effects.fail(context, event.call, context.lastFailure);
    },
    receive: ({ context, event }) => {
      if (event.type !== 'link.replied') return;
      context.setbacks = 0;
      context.openings = 0;
      effects.receive(context, event.reply);
    },
    receiveLate: ({ context, event }) => {
      assertEvent(event, 'link.replied');
      effects.receive(context, event.reply);
    },
    expire: ({ context, event }) => {
      assertEvent(event, 'call.expired');
      if (effects.isSetback(event)) context.setbacks += 1;
      effects.expire(context, event.call);
    },
    loseCalls: ({ context, event }) => {
      assertEvent(event, 'link.lost');
      if (effects.isSetback(event)) context.setbacks += 1;
      effects.loseCalls(context, event.ids, event.error, event.endpoint);
    },
    noteConnected: ({ context }) => {
      context.failedConnects = 0;
      context.events.emit('servant.connected', { servant: context.name });
    },
    noteConnectFailure: ({ context }, params: { error: unknown }) => {
      const failure = effects.toFailure(params.error);
      const isNews = context.failedConnects === 0 || failure !== context.lastFailure;
      context.failedConnects += 1;
      context.lastFailure = failure;
      if (isNews) context.events.emit('servant.unreachable', { servant: context.name, error: params.error });
    },
    failWaitingAsLast: ({ context }) => effects.failWaiting(context, context.lastFailure),
    failWaiting: ({ context }) => effects.failWaiting(context, 'circuitOpen'),
    noteOpening: ({ context }) => {
      context.openings += 1;
      context.setbacks = 0;
      context.events.emit('servant.circuit', { servant: context.name, circuit: 'open' });
    },
    announceCircuit: ({ context }, params: { circuit: 'halfOpen' | 'closed' }) =>
      context.events.emit('servant.circuit', { servant: context.name, ...params }),
    noteEndpoint: ({ context, event }) => {
      assertEvent(event, 'link.endpoint');
      const endpoint = formatEndpoint(event.endpoint);
      context.events.emit('servant.endpoint', { servant: context.name, endpoint, circuit: event.circuit });
    },
    closeLink: ({ context }) => context.link.close(),
    failAll: ({ context }) => {
      for (const call of context.calls.drain())
        effects.settle(context, call, { type: 'failed', failure: 'stopping' });
    },
  },
});
