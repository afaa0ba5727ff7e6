/** For tests of watches: the rooms of actor-harness.ts with a watcher, and pages that keep what they receive. */

import { expect } from 'vitest';
import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';
import {
  createHarness,
  join,
  settle,
  type Harness,
  type HarnessOptions,
} from '../../actors/actor-harness.ts';
import { goLive, type MachineObserver } from '../../actors/runtime/live-machine.ts';
import { createMemoryBroker } from '../../broker/memory-broker.ts';
import { MACHINES } from '../../actors/machines.ts';
import { createServerActor } from '../../actors/server/server.ts';
import type { TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import type {
  ActorAddress,
  ActorStatus,
  EffectItem,
  FeedItem,
  LifeItem,
  Party,
  TransitionItem,
  WatchedActor,
} from '../feed/feed-protocol.ts';
import type { ActorEntry, Population } from '../population/population.ts';
import { toTransitionId } from '../chart/transition-id.ts';
import { toStatePaths } from '../population/state-paths.ts';
import { combineObservers } from '../../actors/runtime/combine-observers.ts';
import type { Batch } from './live-watch.ts';
import { createWatcher, type Watch, type Watcher, type WatcherInput } from './watcher.ts';

/** States of every open connection whose protocol has no pings and whose client needs no token. */
export const STEADY = ['open.credentials.valid', 'open.liveness.alive'];

export interface WatchHarness extends Harness {
  readonly watcher: Watcher;
  readonly population: Population;
  readonly proxies: Map<string, TarsProxyRef>;
  /** The observer of all machines, for actors that a test starts itself. */
  readonly observer: MachineObserver;
  /** Errors of the watcher. */
  readonly errors: unknown[];
  /** Watches an actor, and fails when there is none of that address. */
  watch(address: ActorAddress, related?: boolean, page?: FakePage): { page: FakePage; watch: Watch };
  /** Sends the next batches. */
  flush(): void;
}

export interface WatchHarnessOptions extends HarnessOptions {
  readonly input?: Partial<WatcherInput>;
}

export function createWatchHarness(options: WatchHarnessOptions = {}): WatchHarness {
  const errors: unknown[] = [];
  // The watcher looks at the directory, whose machines tell it.
  const later: Partial<MachineObserver> = {
    watched: {
      get size() {
        return watcher.watched.size;
      },
      has: (actor) => watcher.watched.has(actor),
    },
    sent: (...args) => watcher.observer.sent(...args),
    made: (...args) => watcher.observer.made(...args),
    threw: (...args) => watcher.observer.threw(...args),
  };
  const observer = combineObservers(options.observer ?? {}, later);
  const harness = createHarness({ ...options, observer });
  const { clock, directory } = harness;
  const proxies = new Map<string, TarsProxyRef>();
  const population: Population = {
    get server() {
      return server;
    },
    directory,
    proxies,
    backends: new Map(),
    questions: new Map(),
    redisLinks: new Map(),
    deliveries: new Map(),
  };
  const watcher = createWatcher({
    population,
    describe,
    redactEvent: (event) => ({ fields: Object.keys(event) }),
    describeError: (error) => String(error),
    clock,
    now: () => clock.now(),
    onError: (error) => void errors.push(error),
    ...options.input,
  });
  const server = createServerActor(
    goLive(MACHINES.server, observer, () => clock.monotonic()),
    {
      broker: createMemoryBroker(),
      events: { emit() {}, isHeard: () => false },
      drainMs: 1_000,
      services: {
        prepare: async () => {},
        restore: async () => {},
        bind: async () => ({ host: '127.0.0.1', port: 1 }),
        emptyConnections: async () => {},
        closeRooms: async () => {},
        release: async () => {},
      },
    },
    clock,
  );
  return {
    ...harness,
    watcher,
    population,
    proxies,
    observer,
    errors,
    watch(address, related = false, page = new FakePage()) {
      const watch = watcher.watch(address, related, page);
      if (watch === 'unknown') throw new Error(`there is no ${name(address)}`);
      for (const actor of watch.actors()) {
        page.see(actor);
        page.itemStates.set(name(actor), actor.states);
      }
      return { page, watch };
    },
    flush: () => clock.increment(50),
  };
}

/** A page that computes the states of actors from the items it receives. */
export class FakePage {
  readonly batches: Batch[] = [];
  readonly items: FeedItem[] = [];
  /** By the names of actors. */
  readonly states = new Map<string, readonly string[]>();
  /** The same without the descriptions of actors that come with batches. */
  readonly itemStates = new Map<string, readonly string[]>();
  readonly statuses = new Map<string, string>();
  skipped = 0;
  /** What the next sends say. */
  isFull = false;
  failure: unknown;

  send(batch: Batch): boolean {
    this.batches.push(batch);
    this.items.push(...batch.items);
    this.skipped += batch.skipped;
    for (const item of batch.items) {
      const of = name(item.actor);
      if (item.type !== 'effect' && item.states !== undefined) {
        this.states.set(of, item.states);
        this.itemStates.set(of, item.states);
      }
      const status = STATUSES[item.type];
      if (status !== undefined) this.statuses.set(of, status);
    }
    for (const actor of batch.actors) this.see(actor);
    return !this.isFull;
  }

  failed(error: unknown): void {
    this.failure = error;
  }

  see(actor: WatchedActor): void {
    this.states.set(name(actor), actor.states);
    this.statuses.set(name(actor), actor.status);
  }

  /** What happened, a line each: `c1 -> room1: room.publish × 2`, `room1 => broker: publish`, `c1@room1 started`. */
  story(): string[] {
    return this.items.map(tellStory);
  }

  transitionsOf(id: string): TransitionItem[] {
    return this.items.filter((item) => item.type === 'transition').filter(({ actor }) => actor.id === id);
  }

  forget(): void {
    this.items.length = 0;
    this.batches.length = 0;
    this.skipped = 0;
  }
}

const STATUSES: Readonly<Record<FeedItem['type'], string | undefined>> = {
  transition: undefined,
  effect: undefined,
  started: 'active',
  rested: 'resting',
  ended: 'done',
  failed: 'failed',
};

export function name({ kind, id }: ActorAddress): string {
  return `${kind} ${id}`;
}

function describe({ address, actor }: ActorEntry): WatchedActor {
  const snapshot: AnyMachineSnapshot | undefined = actor?.getSnapshot();
  return {
    ...address,
    status: snapshot === undefined ? 'resting' : ACTOR_STATUSES[snapshot.status],
    states: snapshot === undefined ? ['joined'] : toStatePaths(snapshot._nodes),
    since: 0,
    figures: {},
  };
}

const ACTOR_STATUSES: Readonly<Record<AnyMachineSnapshot['status'], ActorStatus>> = {
  active: 'active',
  done: 'done',
  stopped: 'done',
  error: 'failed',
};

function tellStory(item: FeedItem): string {
  if (item.type === 'transition') return tellTransition(item);
  return item.type === 'effect' ? tellEffect(item) : tellLife(item);
}

function tellTransition({ source, actor, event, repeat }: TransitionItem): string {
  return `${tellParty(source)} -> ${actor.id}: ${event.type}${repeat === undefined ? '' : ` × ${repeat}`}`;
}

function tellEffect({ actor, to, action, repeat }: EffectItem): string {
  return `${actor.id} => ${tellParty(to)}: ${action}${repeat === undefined ? '' : ` × ${repeat}`}`;
}

function tellLife({ actor, type, error }: LifeItem): string {
  return `${actor.id} ${type}${error === undefined ? '' : `: ${error}`}`;
}

function tellParty(party: Party | undefined): string {
  if (party === undefined) return '?';
  return 'outside' in party ? party.outside : party.id;
}

export const ROOM: ActorAddress = { kind: 'room', id: 'room1' };

/** A room with one member, `c1`, whose joins are written; what happened so far is forgotten. */
export async function watchRoom(options: WatchHarnessOptions = {}) {
  const harness = createWatchHarness(options);
  const client = harness.connect();
  client.send(join('room1'));
  await settle();
  harness.clock.increment(50);
  await settle();
  const { page, watch } = harness.watch(ROOM, true);
  return { ...harness, client, page, watch };
}

/** Every transition that a page was told of is one of the machine's. */
export function expectKnownTransitions(page: FakePage): void {
  for (const item of page.items) {
    if (item.type !== 'transition') continue;
    const known = idsOf(MACHINES[item.actor.kind]);
    expect(item.taken.filter((id) => !known.has(id))).toEqual([]);
  }
}

function idsOf(machine: AnyStateMachine): Set<string> {
  const nodesOf = (node: AnyStateNode): AnyStateNode[] => [
    node,
    ...Object.values(node.states).flatMap(nodesOf),
  ];
  return new Set(
    nodesOf(machine.root).flatMap(({ transitions, always }) =>
      [...[...transitions.values()].flat(), ...(always ?? [])].map(toTransitionId),
    ),
  );
}
