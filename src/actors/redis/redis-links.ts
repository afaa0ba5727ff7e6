/** All links to servers of Redis. It starts and stops them, and tells how they are. */

import type { EventSink } from '../../events/server-events.ts';
import type { RedisLinkPort } from '../../redis/link-port.ts';
import type { Clock } from '../../system/clock.ts';
import { send } from '../runtime/send.ts';
import { SERVER } from '../runtime/sender.ts';
import type { RedisLinkPolicy } from './redis-link-events.ts';
import { RedisRequiredError } from './redis-required-error.ts';
import { startRedisLink, toError, type redisLinkMachine, type RedisLinkRef } from './redis-link.ts';

export interface RedisLinksInput {
  readonly machine: typeof redisLinkMachine;
  readonly policy: RedisLinkPolicy;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly random: () => number;
}

/** How a link is. */
export interface RedisLinkState {
  readonly address: string;
  /** Such as `ready` or `rebuilding`. */
  readonly state: string;
  /** Why it is not ready. */
  readonly error?: string;
}

export interface RedisLinks {
  /** By their addresses. */
  readonly links: ReadonlyMap<string, RedisLinkRef>;
  start(link: RedisLinkPort): void;
  end(link: RedisLinkPort): void;
  states(): RedisLinkState[];
  /** Resolves when each link has become ready, or has failed once. */
  settled(): Promise<void>;
  /**
   * Resolves when all links are ready.
   * @throws {RedisRequiredError} that names those which are not, after the time.
   */
  ready(withinMs: number): Promise<void>;
  stop(): void;
}

export function createRedisLinks({ machine, policy, clock, events, random }: RedisLinksInput): RedisLinks {
  const links = new Map<string, RedisLinkRef>();
  let isStopping = false;

  function start(link: RedisLinkPort, failure?: Error): void {
    if (isStopping) return;
    const { address } = link;
    const actor = startRedisLink(machine, { link, policy, events, random, failure }, clock, (error) => {
      events.emit('redis.failed', { address, error });
      // Everything that needs this server waits for it.
      if (links.get(address) === actor) start(link, toError(error));
    });
    links.set(address, actor);
  }

  function states(): RedisLinkState[] {
    return [...links].map(([address, actor]) => {
      const { value, context } = actor.getSnapshot();
      const state = typeof value === 'string' ? value : Object.keys(value)[0]!;
      return { address, state, ...(context.failure !== undefined && { error: context.failure.message }) };
    });
  }

  /** A link may start others when it is ready. */
  async function untilAll(look: Look): Promise<void> {
    for (const actor of links.values()) await until(actor, look);
  }

  return {
    links,
    start: (link) => start(link),
    end({ address }) {
      const actor = links.get(address);
      links.delete(address);
      if (actor === undefined) return;
      // Nothing needs this server any more: what was told of it is over.
      const wasTold = actor.getSnapshot().context.failure !== undefined;
      send(actor, { type: 'link.stop' }, SERVER);
      if (wasTold) events.emit('redis.recovered', { address });
    },
    states,
    settled: () => untilAll(isSettled),
    async ready(withinMs) {
      let timer: unknown;
      const late = new Promise<never>((_, reject) => {
        timer = clock.setTimeout(() => {
          const missing = states().filter(({ state }) => state !== 'ready');
          const words = missing.map(({ address, error = 'no answer' }) => `${address}: ${error}`);
          reject(new RedisRequiredError(words));
        }, withinMs);
      });
      try {
        await Promise.race([untilAll(isReady), late]);
      } finally {
        clock.clearTimeout(timer);
      }
    },
    stop() {
      isStopping = true;
      for (const actor of links.values()) send(actor, { type: 'link.stop' }, SERVER);
    },
  };
}

type Look = (snapshot: ReturnType<RedisLinkRef['getSnapshot']>) => boolean;

const isReady: Look = (snapshot) => snapshot.matches('ready');
const isSettled: Look = (snapshot) => isReady(snapshot) || snapshot.matches('rebuilding');

/** Resolves when it is so, or the link has ended. */
function until(actor: RedisLinkRef, look: Look): Promise<void> {
  if (look(actor.getSnapshot())) return Promise.resolve();
  return new Promise((resolve) => {
    const end = (): void => {
      subscription.unsubscribe();
      resolve();
    };
    const subscription = actor.subscribe({
      next: (snapshot) => look(snapshot) && end(),
      complete: resolve,
      error: () => resolve(),
    });
  });
}
