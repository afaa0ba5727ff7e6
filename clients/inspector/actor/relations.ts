/** Which actors are related, by their ids and by what is watched together. */

import type { ActorAddress, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf, MACHINE_NAMES } from '../names/address.ts';
import { isAlive, type ActorMoment } from '../watch/moments.ts';

/** Actors of a kind that are listed by name. */
const MOST_LISTED = 4;

export interface Relation {
  readonly kind: MachineName;
  readonly actors: readonly ActorAddress[];
  /** How many more there are. */
  readonly more: number;
}

/** The actors related to one: those that its id names, and those that are watched with it and alive. */
export function relationsOf(actor: ActorAddress, moments: ReadonlyMap<string, ActorMoment>): Relation[] {
  const found = new Map<string, ActorAddress>();
  const add = (address: ActorAddress): void => void found.set(keyOf(address), address);
  namedBy(actor).forEach(add);
  for (const { address, status } of moments.values()) {
    if (!isAlive(status)) continue;
    add(address);
    // The rooms of a connection are in the ids of its memberships.
    if (actor.kind === 'connection') namedBy(address).forEach(add);
  }
  found.delete(keyOf(actor));
  return MACHINE_NAMES.flatMap((kind) => {
    const actors = [...found.values()].filter((address) => address.kind === kind);
    if (actors.length === 0) return [];
    return [{ kind, actors: actors.slice(0, MOST_LISTED), more: Math.max(0, actors.length - MOST_LISTED) }];
  });
}

const CONNECTION_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The actors in an id: for a membership its connection and its room, for a moderation its room, for a question its room or its connection. */
function namedBy({ kind, id }: ActorAddress): ActorAddress[] {
  const at = id.indexOf('@');
  if (at === -1) return [];
  const room: ActorAddress = { kind: 'room', id: id.slice(at + 1) };
  if (kind === 'membership') return [{ kind: 'connection', id: id.slice(0, at) }, room];
  if (kind === 'question' && CONNECTION_ID.test(room.id)) return [{ kind: 'connection', id: room.id }];
  return kind === 'moderation' || kind === 'question' ? [room] : [];
}
