/**
 * The chart of the proxy of one servant (a remote object of a TARS service): its connection, its circuit breaker and its
 * calls. Requests are bytes, and the servant is reached by a link; it knows no sockets.
 */

import { createActor, type ActorRefFrom } from 'xstate';
import { CallTable } from './call-table.ts';
import { send } from '../runtime/send.ts';
import type { TarsProxyContext, TarsProxyInput } from './tars-proxy-events.ts';
import { tarsProxySetup } from './tars-proxy-setup.ts';

const TRYING = '#tarsProxy.ready.circuit.halfOpen.trying';
const INVITING = '#tarsProxy.ready.circuit.halfOpen.inviting';

export const tarsProxyMachine = tarsProxySetup.createMachine({
  id: 'tarsProxy',
  description: 'The proxy of one TARS servant, as long as the server runs.',
  context: ({ input, self }) => createContext(input, (event, from) => send(self, event, from)),
  initial: 'idle',
  on: {
    'link.replied': { actions: 'receiveLate' },
    'link.lost': { actions: 'loseCalls' },
    'link.endpoint': { actions: 'noteEndpoint' },
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
      meta: { maxSeconds: 30 },
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
          { guard: 'hasTry', target: TRYING, actions: ['noteConnected', 'dispatchTry'] },
          { guard: 'isOnTrial', target: INVITING, actions: ['noteConnected', 'dispatchTry'] },
          { target: 'ready', actions: ['noteConnected', 'dispatchWaiting'] },
        ],
        onError: {
          target: 'idle.resting',
          actions: [
            { type: 'noteConnectFailure', params: ({ event }) => ({ error: event.error }) },
            'failWaitingAsLast',
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
                'call.late': { guard: 'canTryElsewhere', actions: 'tryElsewhere' },
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
              description:
                'No endpoint of the servant answered, too often: calls fail at once, until it has rested.',
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
                    'rpc.call': [
                      { guard: 'canTry', target: 'trying', actions: 'dispatch' },
                      { actions: { type: 'refuse', params: { failure: 'circuitOpen' } } },
                    ],
                    'call.due': { target: 'trying', actions: 'dispatch' },
                  },
                },
                trying: {
                  description: 'The try is on its way; other calls fail at once.',
                  // It was not sent: its deadline had passed, or it cannot be encoded.
                  always: { guard: 'hasNoTry', target: 'inviting' },
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
                      // The link did not take it: the next call is the try.
                      { target: 'inviting', actions: 'expire' },
                    ],
                    'link.lost': [
                      {
                        guard: 'isTryLost',
                        target: '#tarsProxy.ready.circuit.open',
                        actions: ['loseCalls', 'noteOpening'],
                      },
                      { actions: 'loseCalls' },
                    ],
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
      meta: { maxSeconds: 120 },
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

/** Starts a proxy. If its machine fails, all its calls fail and `onError` is called. */
export function startTarsProxy(
  machine: typeof tarsProxyMachine,
  input: TarsProxyInput,
  onError: (error: unknown) => void,
): TarsProxyRef {
  const actor = createActor(machine, { id: input.name, input, clock: input.clock });
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

function createContext(input: TarsProxyInput, sendSelf: TarsProxyContext['send']): TarsProxyContext {
  return {
    ...input,
    send: sendSelf,
    link: input.createLink({
      reply: (reply) => sendSelf({ type: 'link.replied', reply }, 'servant'),
      lost: (ids, error, endpoint) => sendSelf({ type: 'link.lost', ids, error, endpoint }, 'servant'),
      endpoint: (endpoint, circuit) => sendSelf({ type: 'link.endpoint', endpoint, circuit }, 'servant'),
      writable: () => sendSelf({ type: 'link.writable' }, 'servant'),
      closed: () => sendSelf({ type: 'link.closed' }, 'servant'),
    }),
    calls: new CallTable(),
    setbacks: 0,
    openings: 0,
    failedConnects: 0,
    lastFailure: 'refused',
  };
}
