/** Walks through all actors of the server, in steps. The walk can be paused between two steps. */

import { nameMembership } from '../../actors/room/membership.ts';
import type { MachineName } from '../feed/feed-protocol.ts';
import { findActor, findMembership, type ActorEntry, type Population } from '../population/population.ts';

export interface WalkPlan {
  /** Whether actors of a kind are visited. */
  visits(kind: MachineName): boolean;
  /** Whether those with an actor are visited. */
  readonly active: boolean;
  /** Whether resting memberships are visited. */
  readonly resting: boolean;
  /** If set: of connections and memberships, only this connection and its memberships are visited. */
  readonly connection: string | undefined;
}

/** All but resting memberships. */
export const ALL_ACTIVE: WalkPlan = {
  visits: () => true,
  active: true,
  resting: false,
  connection: undefined,
};

/** A plan that visits all actors of all these plans. None of them may be for one connection only. */
export function joinPlans(plans: readonly WalkPlan[]): WalkPlan {
  return {
    visits: (kind) => plans.some((plan) => plan.visits(kind)),
    active: plans.some(({ active }) => active),
    resting: plans.some(({ resting }) => resting),
    connection: undefined,
  };
}

/** Steps in a slice. They take a millisecond or less. */
export const SLICE_STEPS = 500;

/** Runs through the steps, and lets other work run after every {@link SLICE_STEPS} of them. */
export async function inSlices<Step>(
  steps: Iterable<Step>,
  yieldTurn: () => Promise<void>,
  visit: (step: Step) => void,
): Promise<void> {
  let taken = 0;
  for (const step of steps) {
    visit(step);
    taken += 1;
    if (taken % SLICE_STEPS === 0) await yieldTurn();
  }
}

/**
 * The actors of a plan. `undefined` is a step without an actor. Between two steps actors may start and end: those may
 * be visited or not.
 */
export function* walk(population: Population, plan: WalkPlan): Generator<ActorEntry | undefined, void> {
  const { server, proxies, backends, questions, deliveries, redisLinks, directory } = population;
  const { active, connection } = plan;
  if (active && plan.visits('server')) yield { address: { kind: 'server', id: 'server' }, actor: server };
  if (active && plan.visits('tarsProxy')) {
    for (const [id, actor] of proxies) yield { address: { kind: 'tarsProxy', id }, actor };
  }
  if (active && plan.visits('backend')) {
    for (const [id, actor] of backends) yield { address: { kind: 'backend', id }, actor };
  }
  if (active && plan.visits('question')) {
    for (const [id, actor] of questions) yield { address: { kind: 'question', id }, actor };
  }
  if (active && plan.visits('delivery')) {
    for (const [id, actor] of deliveries) yield { address: { kind: 'delivery', id }, actor };
  }
  if (active && plan.visits('redisLink')) {
    for (const [id, actor] of redisLinks) yield { address: { kind: 'redisLink', id }, actor };
  }
  if (active && plan.visits('connection')) {
    if (connection !== undefined) yield findActor(population, { kind: 'connection', id: connection });
    else {
      for (const [id, actor] of directory.connections) {
        yield { address: { kind: 'connection', id }, actor };
      }
    }
  }
  if (!['room', 'membership', 'moderation'].some((kind) => plan.visits(kind as MachineName))) return;
  for (const room of directory.rooms.values()) {
    const { name, actor, record } = room;
    const { roster, moderations } = record;
    yield active && actor !== undefined && plan.visits('room')
      ? { address: { kind: 'room', id: name }, actor, room }
      : undefined;
    if (active && plan.visits('moderation')) {
      for (const [id, judged] of moderations) {
        yield { address: { kind: 'moderation', id }, actor: judged, room };
      }
    }
    if (!plan.visits('membership')) continue;
    if (connection !== undefined) {
      const membership = findMembership(room, connection);
      if (membership !== undefined && (membership.actor === undefined ? plan.resting : active)) {
        yield membership;
      }
      continue;
    }
    if (active) {
      for (const [id, { ref }] of roster.awake) {
        yield ref && { address: { kind: 'membership', id: nameMembership(id, name) }, actor: ref, room };
      }
    }
    if (plan.resting) {
      for (const [id, member] of roster.joined) {
        yield { address: { kind: 'membership', id: nameMembership(id, name) }, room, member };
      }
    }
  }
}
