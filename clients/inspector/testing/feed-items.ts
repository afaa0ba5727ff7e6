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
} from '../../../src/inspect/feed/feed-protocol.ts';

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

/** The counts of all kinds; those that are not given are zero. */
export function countsOf(given: Partial<CatalogueMessage['counts']>): CatalogueMessage['counts'] {
  const none: KindCount = { total: 0, states: {}, failed: 0 };
  return {
    server: none,
    connection: none,
    membership: none,
    room: none,
    moderation: none,
    question: none,
    backend: none,
    tarsProxy: none,
    delivery: none,
    redisLink: none,
    ...given,
  };
}
