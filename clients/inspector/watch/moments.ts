/** The states of actors at one moment of a log. */

import type {
  ActorAddress,
  ActorStatus,
  FeedItem,
  TransitionItem,
  WatchedActor,
} from '../../../src/inspect/feed/feed-protocol.ts';
import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import { keyOf } from '../names/address.ts';

export interface ActorMoment {
  readonly address: ActorAddress;
  readonly status: ActorStatus;
  readonly states: readonly StatePath[];
  /** When the actor entered these states, in milliseconds since 1970. */
  readonly since: number;
  /** The last report of the server about it: context and figures, which can be slightly outdated. */
  readonly told?: WatchedActor;
  /** The last event on which a transition was taken. */
  readonly last?: LastTransition;
  readonly error?: string;
}

export interface LastTransition {
  readonly position: number;
  readonly item: TransitionItem;
}

/** By the actors' keys. */
export type Moments = Map<string, ActorMoment>;

/** Applies an item, which is at `position` of its log. */
export function applyItem(moments: Moments, item: FeedItem, position: number): void {
  const key = keyOf(item.actor);
  const before = moments.get(key) ?? {
    address: item.actor,
    status: 'active',
    states: [],
    since: item.at,
  };
  switch (item.type) {
    case 'effect':
      if (!moments.has(key)) moments.set(key, before);
      return;
    case 'transition':
      moments.set(key, {
        ...before,
        ...(item.states !== undefined && { states: item.states, since: item.at }),
        ...(item.taken.length > 0 && { last: { position, item } }),
      });
      return;
    case 'started':
      // A new start is a new actor: reports about the one before do not apply.
      moments.set(key, { address: item.actor, status: 'active', states: item.states, since: item.at });
      return;
    case 'rested':
    case 'ended':
    case 'failed': {
      const status = STATUS_AFTER[item.type];
      const { error } = item;
      moments.set(key, {
        ...before,
        status,
        ...(item.states.length > 0 && { states: item.states }),
        ...(error !== undefined && { error }),
      });
    }
  }
}

const STATUS_AFTER = { rested: 'resting', ended: 'done', failed: 'failed' } as const;

/** Applies a report of the server about an actor. */
export function applyTold(moments: Moments, told: WatchedActor): void {
  const key = keyOf(told);
  const { kind, id, status, states, since, error } = told;
  const last = moments.get(key)?.last;
  moments.set(key, {
    address: { kind, id },
    status,
    states,
    since,
    told,
    ...(last !== undefined && { last }),
    ...(error !== undefined && { error }),
  });
}

/** Marks all actors as ended that are not among the `present`. */
export function endOthers(moments: Moments, present: readonly ActorAddress[]): void {
  const keys = new Set(present.map(keyOf));
  for (const [key, moment] of moments) {
    if (!keys.has(key) && isAlive(moment.status)) moments.set(key, { ...moment, status: 'done' });
  }
}

export function isAlive(status: ActorStatus): boolean {
  return status === 'active' || status === 'resting';
}
