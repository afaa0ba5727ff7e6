/**
 * The chart of the link to one server of Redis: whether it can be used, and when its connections are made anew. It does not
 * believe that a connection lives because nothing says otherwise: messages to itself must come back.
 */

import { createActor, fromPromise, setup, type ActorRefFrom } from 'xstate';
import type { Clock } from '../../system/clock.ts';
import { send } from '../runtime/send.ts';
import type { RedisLinkContext, RedisLinkEvent, RedisLinkInput } from './redis-link-events.ts';

interface OpenInput {
  readonly link: RedisLinkInput['link'];
  readonly self: { readonly id: string; readonly src: unknown; send(event: RedisLinkEvent): void };
}

const SILENT = new Error('Redis does not answer');

const machine = setup({
  types: { context: {} as RedisLinkContext, input: {} as RedisLinkInput, events: {} as RedisLinkEvent },
  actors: {
    open: fromPromise<void, OpenInput>(({ input: { link, self } }) =>
      link.open(
        () => send(self, { type: 'probe.heard' }, 'broker'),
        (error) => send(self, { type: 'link.lost', error }, 'broker'),
      ),
    ),
  },
  delays: {
    connectDeadline: ({ context }) => context.policy.connectMs,
    probe: ({ context }) => context.policy.probeMs,
    patience: ({ context }) => context.policy.silenceMs,
    /** From half of the rest to all of it: nodes that have lost Redis together do not come back together. */
    rest: ({ context: { policy, failures, random } }) => {
      const restMs = Math.min(policy.maxRestMs, policy.minRestMs * 2 ** Math.min(failures - 1, 20));
      return restMs * (0.5 + random() / 2);
    },
  },
  guards: {
    isAlive: ({ context }) => context.link.isAlive,
  },
  actions: {
    use: ({ context }) => {
      context.connects += 1;
      context.link.use();
    },
    sendProbe: ({ context }) => context.link.probe(),
    close: ({ context }) => context.link.close(),
    noteFailure: ({ context }, { error }: { readonly error: Error }) => {
      const isTold = context.failure !== undefined;
      context.failure = error;
      if (!isTold) context.events.emit('redis.failed', { address: context.link.address, error });
    },
    countFailure: ({ context }) => {
      context.failures += 1;
    },
    noteRecovery: ({ context }) => {
      const wasTold = context.failure !== undefined;
      context.failure = undefined;
      context.failures = 0;
      if (wasTold) context.events.emit('redis.recovered', { address: context.link.address });
    },
  },
});

export const redisLinkMachine = machine.createMachine({
  id: 'redisLink',
  description: 'The link to one server of Redis, as long as the server runs.',
  context: ({ input }) => ({ ...input, failure: input.failure, failures: 0, connects: 0 }),
  initial: 'connecting',
  on: { 'link.stop': '.stopped' },
  states: {
    connecting: {
      description: 'Connections are made, scripts are loaded, channels are subscribed. Calls fail at once.',
      meta: { maxSeconds: 30 },
      invoke: {
        src: 'open',
        input: ({ context, self }) => ({ link: context.link, self }),
        onDone: { target: 'ready', actions: 'use' },
        onError: {
          target: 'rebuilding',
          actions: { type: 'noteFailure', params: ({ event }) => ({ error: toError(event.error) }) },
        },
      },
      on: {
        'link.lost': {
          target: 'rebuilding',
          actions: { type: 'noteFailure', params: ({ event }) => event },
        },
      },
      after: {
        connectDeadline: {
          target: 'rebuilding',
          actions: { type: 'noteFailure', params: { error: SILENT } },
        },
      },
    },
    ready: {
      description: 'Calls go to the server, and messages come.',
      entry: 'noteRecovery',
      initial: 'heard',
      on: {
        'link.lost': {
          target: 'rebuilding',
          actions: { type: 'noteFailure', params: ({ event }) => event },
        },
      },
      states: {
        heard: { description: 'The last probe has come back.', after: { probe: 'asked' } },
        asked: {
          description: 'A probe is under way.',
          entry: 'sendProbe',
          on: { 'probe.heard': 'heard' },
          after: {
            probe: [
              { guard: 'isAlive', target: 'heard' },
              {
                target: '#redisLink.silent',
                actions: { type: 'noteFailure', params: { error: SILENT } },
              },
            ],
          },
        },
      },
    },
    silent: {
      description: 'Nothing was heard for a while. Calls still go to the server, which may be slow.',
      meta: { maxSeconds: 30 },
      entry: 'sendProbe',
      on: {
        'probe.heard': 'ready',
        'link.lost': 'rebuilding',
      },
      after: { patience: [{ guard: 'isAlive', target: 'ready' }, { target: 'rebuilding' }] },
    },
    rebuilding: {
      description: 'The connections are destroyed; after a rest they are made anew. Calls fail at once.',
      entry: ['close', 'countFailure'],
      after: { rest: 'connecting' },
    },
    stopped: { description: 'The connections are closed for good.', type: 'final', entry: 'close' },
  },
});

export type RedisLinkRef = ActorRefFrom<typeof redisLinkMachine>;

/** Starts a link. If its machine fails, its connections are closed and `onError` is called. */
export function startRedisLink(
  live: typeof redisLinkMachine,
  input: RedisLinkInput,
  clock: Clock,
  onError: (error: unknown) => void,
): RedisLinkRef {
  const actor = createActor(live, { id: input.link.address, input, clock });
  actor.subscribe({
    error: (error) => {
      input.link.close();
      onError(error);
    },
  });
  return actor.start();
}

export function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
