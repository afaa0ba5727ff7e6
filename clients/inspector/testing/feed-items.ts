/** Makes what a feed says, for tests: every field has a harmless value unless the test gives one. */

import type {
  ActorAddress,
  CatalogueMessage,
  EffectItem,
  FeedObject,
  KindCount,
  LifeItem,
  Party,
  TransitionItem,
  WatchedActor,
  FeedItem,
} from '../../../src/inspect/feed/feed-protocol.ts';
import type { Chart, ChartState, ChartTransition } from '../../../src/inspect/chart/chart.ts';
import { SeenLog } from '../watch/seen-log.ts';

export function watched(address: ActorAddress, rest: Partial<WatchedActor> = {}): WatchedActor {
  return { ...address, status: 'active', states: ['start'], since: 0, figures: {}, ...rest };
}

interface TransitionOptions {
  readonly at?: number;
  readonly event?: string;
  readonly data?: FeedObject;
  readonly source?: Party;
  readonly states?: readonly string[];
  readonly taken?: readonly string[];
  readonly actions?: readonly string[];
  readonly repeat?: number;
}

export function transition(actor: ActorAddress, options: TransitionOptions = {}): TransitionItem {
  const { at = 0, event = 'event', data = {}, taken = [], actions = [], ...rest } = options;
  return { type: 'transition', at, seq: 0, actor, event: { type: event, data }, taken, actions, ...rest };
}

export function effect(actor: ActorAddress, rest: Partial<EffectItem> = {}): EffectItem {
  return { type: 'effect', at: 0, seq: 0, actor, to: { outside: 'broker' }, action: 'publish', ...rest };
}

export function life(actor: ActorAddress, rest: Pick<LifeItem, 'type'> & Partial<LifeItem>): LifeItem {
  return { at: 0, seq: 0, actor, states: [], ...rest };
}

/** A log in which these happened, one after the other, in one batch. */
export function logOf(own: ActorAddress, items: readonly FeedItem[], skipped = 0): SeenLog {
  const log = new SeenLog(own);
  log.add({ items, skipped: 0, actors: [] }, 0);
  if (skipped > 0) log.add({ items: [], skipped, actors: [] }, 0);
  return log;
}

/** A state of a chart; its path is its key. */
export function stateOf(key: string, rest: Partial<ChartState> = {}): ChartState {
  return {
    path: key,
    key,
    type: 'atomic',
    description: '',
    entry: [],
    exit: [],
    invokes: [],
    states: [],
    ...rest,
  };
}

/** A chart of one machine. */
export function chartOf(
  transitions: readonly (Partial<ChartTransition> & Pick<ChartTransition, 'id'>)[],
  states: readonly ChartState[] = [],
): Chart {
  return {
    machine: 'machine',
    root: stateOf('machine', { path: '', type: 'compound', states }),
    transitions: transitions.map((transition) => ({
      source: transition.id.split('|')[0] ?? '',
      targets: [],
      trigger: { type: 'event', event: transition.id.split('|')[1] ?? '' },
      actions: [],
      reenter: false,
      ...transition,
    })),
  };
}

/** The counts of all kinds; those that are not given are zero. */
export function countsOf(given: Partial<CatalogueMessage['counts']>): CatalogueMessage['counts'] {
  const none: KindCount = { total: 0, states: {}, failed: 0 };
  return {
    server: none,
    connection: none,
    membership: none,
    room: none,
    moderation: none,
    tarsProxy: none,
    ...given,
  };
}

/** A storage of a browser. */
export function createStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** A storage in a browser whose settings forbid it. */
export function forbidden(): never {
  throw new Error('forbidden');
}
