/** The life cycle of the page's link to the feed, as a statechart. Its owner provides the effects. */

import { assign, fromPromise, setup } from 'xstate';
import { NO_RETRY, planRetry, type Retry, type RetryInput } from '../../shared/backoff.ts';

/** The deadline from opening the socket to the server's welcome. */
export const GREET_TIMEOUT_MS = 10_000;
/** A link that lasts this long resets the count of failures. */
export const STABLE_LINK_MS = 10_000;

/** How often a server that allows nobody to watch is asked again. */
export const REASON_INTERVAL_MS = 5_000;

/** The close code of a feed whose token is wrong or missing. */
export const UNAUTHORIZED = 4401;

export type FeedMachineEvent =
  | { readonly type: 'connect' }
  | { readonly type: 'disconnect' }
  /** The user has entered a token. */
  | { readonly type: 'token.given' }
  /** The browser reports that the network is back. */
  | { readonly type: 'network.changed' }
  | { readonly type: 'socket.opened' }
  | { readonly type: 'socket.closed'; readonly code: number }
  | { readonly type: 'feed.welcomed' }
  /** The server gives the reason why it is about to close the socket. */
  | { readonly type: 'feed.refused'; readonly error: string }
  /** A request was not answered in time, and no other message came either. */
  | { readonly type: 'feed.silent' };

/**
 * Finds out why a socket could not be opened, which a browser does not report. Undefined unless the server allows
 * nobody to watch. It must not reject.
 */
export type ReasonReader = () => Promise<string | undefined>;

interface FeedMachineContext extends Retry {
  /** The reason of the last refusal. */
  readonly error: string;
}

export const feedMachine = setup({
  types: {
    context: {} as FeedMachineContext,
    events: {} as FeedMachineEvent,
    input: {} as RetryInput,
  },
  actors: {
    readReason: fromPromise<string | undefined>(() => Promise.resolve(undefined)),
  },
  actions: {
    openSocket: noEffect,
    dropSocket: noEffect,
    sayHello: noEffect,
    noteRefusal: assign({ error: (_, { error }: { error: string }) => error }),
    forgetRefusal: assign({ error: '' }),
    forgetFailures: assign({ attempt: 0 }),
    planRetry: assign(({ context }) => planRetry(context)),
  },
  guards: {
    isUnauthorized: (_, { code }: { code: number }) => code === UNAUTHORIZED,
    isBarred: (_, { reason }: { reason: string | undefined }) => reason !== undefined,
  },
  delays: {
    greetTimeout: GREET_TIMEOUT_MS,
    reasonInterval: REASON_INTERVAL_MS,
    stableLink: STABLE_LINK_MS,
    retry: ({ context }) => context.retryDelayMs,
  },
}).createMachine({
  id: 'feed',
  context: ({ input }) => ({ ...input, ...NO_RETRY, error: '' }),
  initial: 'resting',
  states: {
    resting: {
      description: 'No socket and no attempt to connect.',
      on: { connect: 'linked' },
    },
    linked: {
      description: 'There is a socket, opening or open.',
      entry: ['forgetRefusal', 'openSocket'],
      exit: 'dropSocket',
      initial: 'greeting',
      on: {
        disconnect: 'resting',
        'socket.closed': [
          { guard: { type: 'isUnauthorized', params: ({ event }) => event }, target: 'locked' },
          { target: 'waiting' },
        ],
        'feed.silent': 'waiting',
      },
      states: {
        greeting: {
          description: 'The page sends its token, if it has one, and waits for the welcome.',
          initial: 'opening',
          states: {
            opening: {
              on: { 'socket.opened': 'introduced', 'socket.closed': '#feed.waiting.askingReason' },
            },
            introduced: { entry: 'sayHello' },
          },
          on: {
            'feed.welcomed': 'ready',
            'feed.refused': {
              actions: { type: 'noteRefusal', params: ({ event }) => ({ error: event.error }) },
            },
          },
          after: { greetTimeout: '#feed.waiting' },
        },
        ready: {
          description: 'Requests are answered.',
          initial: 'young',
          states: {
            young: {
              description: 'A server that welcomes and closes at once must not reset the backoff.',
              after: { stableLink: 'stable' },
            },
            stable: { entry: 'forgetFailures' },
          },
        },
      },
    },
    locked: {
      description: 'The server asks for a token, or refused the one that was sent.',
      on: { 'token.given': 'linked', disconnect: 'resting' },
    },
    barred: {
      description: 'By its settings the server allows nobody to watch. It is asked again from time to time.',
      initial: 'resting',
      on: { connect: '.askingReason', 'network.changed': '.askingReason', disconnect: 'resting' },
      states: {
        resting: { after: { reasonInterval: 'askingReason' } },
        askingReason: {
          invoke: {
            src: 'readReason',
            onDone: [
              {
                guard: { type: 'isBarred', params: ({ event }) => ({ reason: event.output }) },
                actions: {
                  type: 'noteRefusal',
                  params: ({ event }) => ({ error: event.output ?? '' }),
                },
                target: 'resting',
              },
              { target: '#feed.linked' },
            ],
          },
        },
      },
    },
    waiting: {
      description: 'There is no link; the next attempt starts after a delay.',
      entry: 'planRetry',
      initial: 'resting',
      states: {
        resting: {},
        askingReason: {
          description:
            'The socket could not be opened: the server is not running, or allows nobody to watch.',
          invoke: {
            src: 'readReason',
            onDone: {
              guard: { type: 'isBarred', params: ({ event }) => ({ reason: event.output }) },
              actions: { type: 'noteRefusal', params: ({ event }) => ({ error: event.output ?? '' }) },
              target: '#feed.barred',
            },
          },
        },
      },
      on: { connect: 'linked', 'network.changed': 'linked', 'token.given': 'linked', disconnect: 'resting' },
      after: { retry: 'linked' },
    },
  },
});

/** A placeholder: the owner of the machine provides the real effect. */
function noEffect(): void {}
