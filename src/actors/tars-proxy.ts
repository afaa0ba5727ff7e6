/**
 * The machine of one TARS servant's proxy: its connection, its circuit breaker, its calls in flight. It knows
 * requests as bytes, its servant by a link, and no sockets.
 */

import { assertEvent, createActor, fromPromise, setup, type ActorRefFrom } from 'xstate';
import type { EdgeEmitter } from '../edge/edge-events.ts';
import type { RpcFailure } from '../protocol/rpc-errors.ts';
import type { LinkError, LinkListener, LinkReply, ServantLink } from '../tars/servant-link.ts';
import { CallTable, type ProxyCall } from './call-table.ts';
import type { ActorClock } from './ports.ts';
import * as effects from './tars-proxy-effects.ts';

export interface TarsProxyPolicy {
  /** Calls that may be on their way at a time. */
  readonly maxInFlight: number;
  /** Calls that may wait for one of those to end; more are refused at once. */
  readonly maxWaiting: number;
  /** Calls in a row without a reply that open the circuit. */
  readonly failuresToOpen: number;
  /** How long an open circuit rests before it tries one call, in milliseconds; it doubles with each failed try. */
  readonly openMs: number;
  /** The longest such rest, in milliseconds. */
  readonly maxOpenMs: number;
}

/** Calls and waits are bounded alike; five silent calls in a row open the circuit for a second at first. */
export const DEFAULT_PROXY_POLICY: TarsProxyPolicy = {
  maxInFlight: 1_000,
  maxWaiting: 1_000,
  failuresToOpen: 5,
  openMs: 1_000,
  maxOpenMs: 30_000,
};

/** After a refused connection the next one is tried this soon: a servant that is back is used at once. */
const REFUSED_REST_MS = 50;
/** After another failure to connect the rest doubles up to this. */
const MAX_CONNECT_REST_MS = 2_000;

export interface TarsProxyInput {
  /** The servant's name among the configured ones. */
  readonly name: string;
  readonly createLink: (listener: LinkListener) => ServantLink;
  readonly policy: TarsProxyPolicy;
  readonly clock: ActorClock;
  readonly edge: EdgeEmitter;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
}

export type TarsProxyEvent =
  | { readonly type: 'rpc.call'; readonly call: ProxyCall }
  /** A call's next attempt is due. */
  | { readonly type: 'call.due'; readonly call: ProxyCall }
  | { readonly type: 'call.expired'; readonly call: ProxyCall }
  | { readonly type: 'link.replied'; readonly reply: LinkReply }
  | { readonly type: 'link.lost'; readonly ids: readonly number[]; readonly error: LinkError }
  /** The link takes requests again. */
  | { readonly type: 'link.writable' }
  | { readonly type: 'link.closed' }
  | { readonly type: 'proxy.stop' };

export interface TarsProxyContext extends TarsProxyInput {
  readonly link: ServantLink;
  readonly calls: CallTable;
  readonly send: (event: TarsProxyEvent) => void;
  /** Setbacks since the last reply. */
  setbacks: number;
  /** Times in a row that the circuit was opened without a success in between. */
  openings: number;
  /** Failures to connect in a row, and the last of them. */
  failedConnects: number;
  lastFailure: RpcFailure;
}

const machine = setup({
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
    hasWaiting: ({ context: { calls } }) => calls.waiting.size > 0,
    isLastStraw: ({ context, event }) =>
      effects.isSetback(event) && context.setbacks + 1 >= context.policy.failuresToOpen,
    isSetback: ({ event }) => effects.isSetback(event),
    isOnTrial: ({ context }) => context.openings > 0,
    isAnswer: ({ context: { calls }, event }) =>
      event.type === 'link.replied' && calls.inFlight.has(event.reply.requestId),
  },
  actions: {
    wait: ({ context, event }) => {
      assertEvent(event, ['rpc.call', 'call.due']);
      effects.wait(context, event.call);
    },
    dispatch: ({ context, event }) => {
      assertEvent(event, ['rpc.call', 'call.due']);
      effects.dispatch(context, event.call);
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
      assertEvent(event, 'link.replied');
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
      effects.loseCalls(context, event.ids, event.error);
    },
    noteConnected: ({ context }) => {
      context.failedConnects = 0;
      context.edge.emit('servant.connected', { servant: context.name });
    },
    noteConnectFailure: ({ context }, params: { error: unknown }) => {
      const failure = effects.toFailure(params.error);
      const isNews = context.failedConnects === 0 || failure !== context.lastFailure;
      context.failedConnects += 1;
      context.lastFailure = failure;
      if (isNews) context.edge.emit('servant.unreachable', { servant: context.name, error: params.error });
    },
    failWaiting: ({ context }) => effects.failWaiting(context),
    noteOpening: ({ context }) => {
      context.openings += 1;
      context.setbacks = 0;
      context.edge.emit('servant.circuit', { servant: context.name, circuit: 'open' });
    },
    announceCircuit: ({ context }, params: { circuit: 'halfOpen' | 'closed' }) =>
      context.edge.emit('servant.circuit', { servant: context.name, ...params }),
    closeLink: ({ context }) => context.link.close(),
    failAll: ({ context }) => {
      for (const call of context.calls.drain())
        effects.settle(context, call, { type: 'failed', failure: 'stopping' });
    },
  },
});

const TRYING = '#tarsProxy.ready.circuit.halfOpen.trying';

export const tarsProxyMachine = machine.createMachine({
  id: 'tarsProxy',
  description: 'The proxy of one TARS servant, as long as the server runs.',
  context: ({ input, self }) => createContext(input, (event) => self.send(event)),
  initial: 'idle',
  on: {
    'link.replied': { actions: 'receiveLate' },
    'link.lost': { actions: 'loseCalls' },
    'call.expired': { actions: 'expire' },
    'proxy.stop': { target: '.stopping' },
  },
  states: {
    idle: {
      description: 'Nothing is connected; the next call connects.',
      initial: 'rested',
      states: {
        rested: {
          description: 'The next call is worth a try.',
          on: {
            'rpc.call': { target: '#tarsProxy.connecting', actions: 'wait' },
            'call.due': { target: '#tarsProxy.connecting', actions: 'wait' },
          },
        },
        resting: {
          description: 'Connecting has just failed: calls fail at once, for a moment.',
          on: {
            'rpc.call': { actions: 'refuseAsLast' },
            'call.due': { actions: 'refuseAsLast' },
          },
          after: { connectRest: 'rested' },
        },
      },
    },
    connecting: {
      description: 'A connection is being made; calls wait for it.',
      on: {
        'rpc.call': [
          { guard: 'hasPlace', actions: 'wait' },
          { actions: { type: 'refuse', params: { failure: 'tooMany' } } },
        ],
        'call.due': { actions: 'wait' },
      },
      invoke: {
        src: 'connect',
        input: ({ context }) => context.link,
        onDone: [
          { guard: 'isOnTrial', target: TRYING, actions: ['noteConnected', 'dispatchTry'] },
          { target: 'ready', actions: ['noteConnected', 'dispatchWaiting'] },
        ],
        onError: {
          target: 'idle.resting',
          actions: [
            { type: 'noteConnectFailure', params: ({ event }) => ({ error: event.error }) },
            'failWaiting',
          ],
        },
      },
    },
    ready: {
      description: 'The servant is connected.',
      initial: 'circuit',
      on: {
        'link.closed': [{ guard: 'hasWaiting', target: 'connecting' }, { target: 'idle.rested' }],
      },
      states: {
        circuit: {
          description: 'Whether calls are let through, by how the last ones fared.',
          initial: 'closed',
          states: {
            closed: {
              description: 'Calls go to the servant, as many at a time as are allowed.',
              on: {
                'rpc.call': [
                  { guard: 'hasSlot', actions: 'dispatch' },
                  { guard: 'hasPlace', actions: 'wait' },
                  { actions: { type: 'refuse', params: { failure: 'tooMany' } } },
                ],
                'call.due': [{ guard: 'hasSlot', actions: 'dispatch' }, { actions: 'wait' }],
                'link.writable': { actions: 'dispatchWaiting' },
                'link.replied': [
                  { guard: 'isAnswer', actions: ['receive', 'dispatchWaiting'] },
                  { actions: 'receiveLate' },
                ],
                'call.expired': [
                  { guard: 'isLastStraw', target: 'open', actions: ['expire', 'noteOpening', 'failWaiting'] },
                  { actions: ['expire', 'dispatchWaiting'] },
                ],
                'link.lost': [
                  {
                    guard: 'isLastStraw',
                    target: 'open',
                    actions: ['loseCalls', 'noteOpening', 'failWaiting'],
                  },
                  { actions: ['loseCalls', 'dispatchWaiting'] },
                ],
              },
            },
            open: {
              description: 'The servant did not answer too often: calls fail at once, until it has rested.',
              on: {
                'rpc.call': { actions: { type: 'refuse', params: { failure: 'circuitOpen' } } },
                'call.due': { actions: { type: 'refuse', params: { failure: 'circuitOpen' } } },
              },
              initial: 'connected',
              states: {
                connected: {
                  description: 'When it has rested, one call may try it.',
                  on: { 'link.closed': 'severed' },
                  after: {
                    circuitRest: {
                      target: '#tarsProxy.ready.circuit.halfOpen',
                      actions: { type: 'announceCircuit', params: { circuit: 'halfOpen' } },
                    },
                  },
                },
                severed: {
                  description:
                    'The connection is gone too: when it has rested, one call may connect and try it.',
                  after: { circuitRest: '#tarsProxy.idle.rested' },
                },
              },
            },
            halfOpen: {
              description: 'One call may try whether the servant answers again.',
              initial: 'inviting',
              states: {
                inviting: {
                  description: 'The next call is the try.',
                  on: {
                    'rpc.call': { target: 'trying', actions: 'dispatch' },
                    'call.due': { target: 'trying', actions: 'dispatch' },
                  },
                },
                trying: {
                  description: 'The try is on its way; other calls fail at once.',
                  on: {
                    'rpc.call': { actions: { type: 'refuse', params: { failure: 'circuitOpen' } } },
                    'call.due': { actions: { type: 'refuse', params: { failure: 'circuitOpen' } } },
                    'link.replied': [
                      {
                        guard: 'isAnswer',
                        target: '#tarsProxy.ready.circuit.closed',
                        actions: ['receive', { type: 'announceCircuit', params: { circuit: 'closed' } }],
                      },
                      { actions: 'receiveLate' },
                    ],
                    'call.expired': [
                      {
                        guard: 'isSetback',
                        target: '#tarsProxy.ready.circuit.open',
                        actions: ['expire', 'noteOpening'],
                      },
                      { actions: 'expire' },
                    ],
                    'link.lost': {
                      target: '#tarsProxy.ready.circuit.open',
                      actions: ['loseCalls', 'noteOpening'],
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
    stopping: {
      description: 'No new calls; those on their way may still be answered until their deadlines.',
      initial: 'deciding',
      on: {
        'rpc.call': { actions: { type: 'refuse', params: { failure: 'stopping' } } },
        'call.due': { actions: { type: 'refuse', params: { failure: 'stopping' } } },
        'link.replied': { target: '.deciding', actions: 'receive' },
        'link.lost': { target: '.deciding', actions: 'loseCalls' },
        'call.expired': { target: '.deciding', actions: 'expire' },
        'proxy.stop': { target: 'stopped' },
      },
      states: {
        deciding: {
          description: 'The calls under way are counted.',
          always: [{ guard: 'hasCalls', target: 'finishing' }, { target: '#tarsProxy.stopped' }],
        },
        finishing: { description: 'Calls are under way.' },
      },
    },
    stopped: {
      description: 'The connection is closed, and every call has been told.',
      type: 'final',
      entry: ['failAll', 'closeLink'],
    },
  },
});

export type TarsProxyRef = ActorRefFrom<typeof tarsProxyMachine>;

/** Starts a proxy. A machine that fails fails its calls; `onEnd` tells whether it was stopped. */
export function startTarsProxy(input: TarsProxyInput, onError: (error: unknown) => void): TarsProxyRef {
  const actor = createActor(tarsProxyMachine, { input, clock: input.clock });
  actor.subscribe({
    error: (error) => {
      const { calls, link } = actor.getSnapshot().context;
      for (const call of calls.drain())
        call.settle({ type: 'failed', failure: 'servantFailed', cause: error });
      link.close();
      onError(error);
    },
  });
  actor.start();
  return actor;
}

function createContext(input: TarsProxyInput, send: (event: TarsProxyEvent) => void): TarsProxyContext {
  return {
    ...input,
    send,
    link: input.createLink({
      reply: (reply) => send({ type: 'link.replied', reply }),
      lost: (ids, error) => send({ type: 'link.lost', ids, error }),
      writable: () => send({ type: 'link.writable' }),
      closed: () => send({ type: 'link.closed' }),
    }),
    calls: new CallTable(),
    setbacks: 0,
    openings: 0,
    failedConnects: 0,
    lastFailure: 'refused',
  };
}
