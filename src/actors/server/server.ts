/** The machine of the process: its life cycle, and broadcasts. Sockets and files reach it as services. */

import type { Clock } from '../../system/clock.ts';
import { assign, createActor, fromPromise, setup, type ActorRefFrom } from 'xstate';
import type { Broker } from '../../broker/broker.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { Publisher } from '../room/ports.ts';
import type { ActorSender } from '../runtime/sender.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What the server does as it starts and stops, in this order. */
export interface ServerServices {
  /** Opens the store and what it needs. Rejects when the server cannot start. */
  prepare(): Promise<void>;
  /** Starts to listen. */
  bind(): Promise<ServerAddress>;
  /** Opens the rooms of an earlier run, behind live work; once, and further calls wait for the same. */
  restore(): Promise<void>;
  /** Tells every connection that the server shuts down, and waits until they are gone. */
  emptyConnections(signal: AbortSignal): Promise<void>;
  /** Closes every room and waits until the store has what it must have. */
  closeRooms(signal: AbortSignal): Promise<void>;
  /** Stops listening, drops connections that are left, and closes the store. */
  release(): Promise<void>;
}

export interface ServerInput {
  readonly services: ServerServices;
  readonly broker: Broker;
  readonly events: EventSink;
  /** How long draining may take, in milliseconds, before what is left is dropped. */
  readonly drainMs: number;
}

export type ServerEvent =
  | { readonly type: 'server.broadcast'; readonly data: Json; readonly publisher: Publisher }
  | { readonly type: 'server.stop' };

interface ServerContext extends ServerInput {
  readonly address: ServerAddress | undefined;
  readonly error: unknown;
}

/** How long clients wait for the rooms of an earlier run, in milliseconds; the rest is opened while they connect. */
const RESTORE_PATIENCE_MS = 2_000;
/** How long what is open may take to close when there is no time left, in milliseconds: a disk may never answer. */
const RELEASE_DEADLINE_MS = 2_000;

const NOT_LISTENING = createRefusal('notAvailable', 'the server is shutting down');
const BROADCAST_FAILED = createRefusal('internal', 'the message could not be broadcast, try again later');

const machine = setup({
  types: { context: {} as ServerContext, input: {} as ServerInput, events: {} as ServerEvent },
  actors: {
    prepare: fromPromise<void, ServerServices>(({ input }) => input.prepare()),
    restore: fromPromise<void, ServerServices>(({ input }) => input.restore()),
    bind: fromPromise<ServerAddress, ServerServices>(({ input }) => input.bind()),
    emptyConnections: fromPromise<void, ServerServices>(({ input, signal }) =>
      input.emptyConnections(signal),
    ),
    closeRooms: fromPromise<void, ServerServices>(({ input, signal }) => input.closeRooms(signal)),
    release: fromPromise<void, ServerServices>(({ input }) => input.release()),
  },
  delays: {
    patience: RESTORE_PATIENCE_MS,
    drainDeadline: ({ context }) => context.drainMs,
    releaseDeadline: RELEASE_DEADLINE_MS,
  },
  actions: {
    noteAddress: assign((_, params: { address: ServerAddress }) => params),
    noteError: assign((_, params: { error: unknown }) => params),
    announceListening: ({ context: { events } }, params: { address: ServerAddress }) =>
      events.emit('server.listening', { host: params.address.host, port: params.address.port }),
    reportUnrestored: ({ context: { events } }, params: { error: unknown }) =>
      events.emit('store.failed', params),
    announceStopped: ({ context: { events } }, params: { reason: 'drained' | 'deadline' }) =>
      events.emit('server.stopped', params),
    broadcast,
    refuseBroadcast: ({ self }, params: { publisher: Publisher }) =>
      params.publisher.settle({ type: 'refused', refusal: NOT_LISTENING }, self),
  },
});

export const serverMachine = machine.createMachine({
  id: 'server',
  description: 'The process, from its start until the last change is written.',
  context: ({ input }) => ({ address: undefined, error: undefined, ...input }),
  initial: 'starting',
  on: { 'server.broadcast': { actions: { type: 'refuseBroadcast', params: ({ event }) => event } } },
  states: {
    starting: {
      description: 'Nobody can connect yet.',
      initial: 'preparing',
      states: {
        preparing: {
          description: 'The store is opened, with what nodes have in common.',
          meta: { maxSeconds: 600 },
          invoke: {
            src: 'prepare',
            input: ({ context }) => context.services,
            onDone: 'restoring',
            onError: {
              target: '#server.recalling',
              actions: { type: 'noteError', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        restoring: {
          description:
            'The rooms of an earlier run are opened: those who have no socket any more are swept or away. If there are many, it goes on later.',
          invoke: {
            src: 'restore',
            input: ({ context }) => context.services,
            onDone: 'binding',
            onError: {
              target: '#server.recalling',
              actions: { type: 'noteError', params: ({ event }) => ({ error: event.error }) },
            },
          },
          after: { patience: 'binding' },
        },
        binding: {
          description: 'The listening socket is being opened.',
          meta: { maxSeconds: 30 },
          invoke: {
            src: 'bind',
            input: ({ context }) => context.services,
            onDone: {
              target: '#server.listening',
              actions: [
                { type: 'noteAddress', params: ({ event }) => ({ address: event.output }) },
                { type: 'announceListening', params: ({ event }) => ({ address: event.output }) },
              ],
            },
            onError: {
              target: '#server.recalling',
              actions: { type: 'noteError', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
      },
      on: { 'server.stop': 'draining' },
    },
    listening: {
      description: 'Clients connect, and everybody can be spoken to.',
      tags: ['open'],
      initial: 'restoring',
      on: {
        'server.broadcast': { actions: 'broadcast' },
        'server.stop': 'draining',
      },
      states: {
        restoring: {
          description: 'Rooms of an earlier run are still being opened, behind live work.',
          invoke: {
            src: 'restore',
            input: ({ context }) => context.services,
            onDone: 'settled',
            onError: {
              target: 'settled',
              actions: { type: 'reportUnrestored', params: ({ event }) => ({ error: event.error }) },
            },
          },
        },
        settled: { description: 'All rooms of an earlier run are open, or were not found.' },
      },
    },
    draining: {
      description:
        'Nobody new is let in; what is under way is finished, everybody is told, everything is written.',
      initial: 'emptying',
      states: {
        emptying: {
          description: 'Connections finish the command at work and are closed with 3001.',
          invoke: {
            src: 'emptyConnections',
            input: ({ context }) => context.services,
            onDone: 'flushing',
            onError: 'flushing',
          },
        },
        flushing: {
          description: 'Rooms get their last changes written.',
          tags: ['stopping'],
          invoke: {
            src: 'closeRooms',
            input: ({ context }) => context.services,
            onDone: 'releasing',
            onError: 'releasing',
          },
        },
        releasing: {
          description: 'The listening socket and the store are closed.',
          meta: { maxSeconds: 60 },
          tags: ['stopping'],
          invoke: {
            src: 'release',
            input: ({ context }) => context.services,
            onDone: {
              target: '#server.stopped',
              actions: { type: 'announceStopped', params: { reason: 'drained' } },
            },
            onError: {
              target: '#server.stopped',
              actions: { type: 'announceStopped', params: { reason: 'drained' } },
            },
          },
        },
      },
      after: {
        drainDeadline: 'abandoning',
      },
    },
    abandoning: {
      description: 'Draining has taken too long: what is left is dropped.',
      meta: { maxSeconds: 10 },
      tags: ['stopping'],
      invoke: {
        src: 'release',
        input: ({ context }) => context.services,
        onDone: {
          target: 'stopped',
          actions: { type: 'announceStopped', params: { reason: 'deadline' } },
        },
        onError: {
          target: 'stopped',
          actions: { type: 'announceStopped', params: { reason: 'deadline' } },
        },
      },
      after: {
        releaseDeadline: {
          target: 'stopped',
          actions: { type: 'announceStopped', params: { reason: 'deadline' } },
        },
      },
    },
    recalling: {
      description: 'The start has failed: everything that was opened is closed.',
      meta: { maxSeconds: 10 },
      tags: ['stopping'],
      invoke: {
        src: 'release',
        input: ({ context }) => context.services,
        onDone: 'failed',
        onError: 'failed',
      },
      after: { releaseDeadline: 'failed' },
    },
    stopped: { description: 'Nothing is open any more.', tags: ['stopping'], type: 'final' },
    failed: {
      description: 'The server could not start; the context tells why.',
      tags: ['stopping'],
      type: 'final',
    },
  },
});

export type ServerRef = ActorRefFrom<typeof serverMachine>;

export function createServerActor(
  machine: typeof serverMachine,
  input: ServerInput,
  clock: Clock,
): ServerRef {
  return createActor(machine, { id: 'server', input, clock });
}

/** It reads the event itself: params from the chart cost another call for every message. */
function broadcast({
  context,
  event,
  self,
}: {
  readonly context: ServerContext;
  readonly event: ServerEvent;
  readonly self: ActorSender;
}): void {
  const { data, publisher } = event as Extract<ServerEvent, { readonly type: 'server.broadcast' }>;
  const { broker, events } = context;
  const { member: from } = publisher;
  const confirm = (): void => {
    publisher.settle({ type: 'broadcasted' }, self);
    events.emit('message.broadcast', from === undefined ? { data } : { data, from });
  };
  const fail = (error: unknown): void => {
    events.emit('message.failed', { error });
    publisher.settle({ type: 'refused', refusal: BROADCAST_FAILED }, self);
  };
  try {
    const accepting = broker.broadcast(data, from);
    if (accepting instanceof Promise) accepting.then(confirm, fail);
    else confirm();
  } catch (error) {
    fail(error);
  }
}
