/** The life cycle of this page's connection as a statechart. Its owner provides the effects. */

import { assign, setup } from 'xstate';
import { NO_RETRY, planRetry, type Retry, type RetryInput } from '../../shared/backoff.ts';
import type { Closure } from '../../shared/wire.ts';

export const CONNECT_TIMEOUT_MS = 10_000;
/** A connection that lasts this long resets the count of failures. */
export const STABLE_OPEN_MS = 10_000;
export const PING_INTERVAL_MS = 20_000;
export const PONG_TIMEOUT_MS = 8_000;

export type ConnectionEvent =
  /** Connect now; has no effect while connected. */
  | { type: 'connect' }
  /** Close the connection, if there is one, and connect again. */
  | { type: 'reconnect' }
  | { type: 'disconnect' }
  /** The browser reports that the network is back. */
  | { type: 'network.changed' }
  | { type: 'socket.opened' }
  | ({ type: 'socket.closed' } & Closure)
  | { type: 'ping.answered' };

interface ConnectionContext extends Retry {
  readonly closure: Closure | undefined;
}

export const connectionMachine = setup({
  types: {
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
    input: {} as RetryInput,
  },
  actions: {
    openSocket: noEffect,
    dropSocket: noEffect,
    sendPing: noEffect,
    keepClosure: assign({ closure: (_, closure: Closure) => closure }),
    forgetClosure: assign({ closure: undefined }),
    forgetFailures: assign({ attempt: 0 }),
    planRetry: assign(({ context }) => planRetry(context)),
  },
  guards: {
    isFinal: (_, { code }: Closure) => isFinalCode(code),
  },
  delays: {
    connectTimeout: CONNECT_TIMEOUT_MS,
    stableOpen: STABLE_OPEN_MS,
    pingInterval: PING_INTERVAL_MS,
    pongTimeout: PONG_TIMEOUT_MS,
    retry: ({ context }) => context.retryDelayMs,
  },
}).createMachine({
  id: 'connection',
  context: ({ input }) => ({ ...input, ...NO_RETRY, closure: undefined }),
  initial: 'closed',
  states: {
    closed: {
      description: 'No socket and no attempt to connect, until the user asks for one.',
      on: { connect: 'socket', reconnect: 'socket' },
    },
    socket: {
      description: 'There is a socket, opening or open.',
      entry: ['forgetClosure', 'openSocket'],
      exit: 'dropSocket',
      initial: 'connecting',
      on: {
        disconnect: 'closed',
        reconnect: { target: 'socket', reenter: true },
        'socket.closed': [
          {
            guard: { type: 'isFinal', params: ({ event }) => event },
            target: 'closed',
            actions: { type: 'keepClosure', params: ({ event }) => toClosure(event) },
          },
          { target: 'waiting', actions: { type: 'keepClosure', params: ({ event }) => toClosure(event) } },
        ],
      },
      states: {
        connecting: {
          on: { 'socket.opened': 'open' },
          after: { connectTimeout: '#connection.waiting' },
        },
        open: {
          type: 'parallel',
          states: {
            age: {
              description: 'A server that accepts and closes at once must not reset the backoff.',
              initial: 'young',
              states: { young: { after: { stableOpen: 'stable' } }, stable: { entry: 'forgetFailures' } },
            },
            heartbeat: {
              initial: 'resting',
              states: {
                resting: {
                  on: { 'network.changed': 'listening' },
                  after: { pingInterval: 'listening' },
                },
                listening: {
                  description: 'A ping was sent; without an answer in time the connection counts as lost.',
                  entry: 'sendPing',
                  on: { 'ping.answered': 'resting' },
                  after: { pongTimeout: '#connection.waiting' },
                },
              },
            },
          },
        },
      },
    },
    waiting: {
      description: 'The connection was lost; the next attempt starts after a delay.',
      entry: 'planRetry',
      on: {
        connect: 'socket',
        reconnect: 'socket',
        'network.changed': 'socket',
        disconnect: { target: 'closed', actions: 'forgetClosure' },
      },
      after: { retry: 'socket' },
    },
  },
});

/** Close codes with which a server asks the client not to reconnect. */
function isFinalCode(code: number): boolean {
  return (code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999);
}

function toClosure({ code, reason }: Closure): Closure {
  return { code, reason };
}

/** A placeholder: the owner of the machine provides the real effect. */
function noEffect(): void {}
