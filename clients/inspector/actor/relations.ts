/** Which actors belong together, by their ids and by what is watched with them. */

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

/** The actors next to one: whom its id names, and who was watched with it and lives. */
export function relationsOf(actor: ActorAddress, moments: ReadonlyMap<string, ActorMoment>): Relation[] {
  const found = new Map<string, ActorAddress>();
  const add = (address: ActorAddress): void => void found.set(keyOf(address), address);
  namedBy(actor).forEach(add);
  for (const { address, status } of moments.values()) {
    if (!isAlive(status)) continue;
    add(address);
    // A room's members stand for their connections already; a connection's memberships name its rooms.
    if (actor.kind === 'connection') namedBy(address).forEach(add);
  }
  found.delete(keyOf(actor));
  return MACHINE_NAMES.flatMap((kind) => {
    const actors = [...found.values()].filter((address) => address.kind === kind);
    if (actors.length === 0) return [];
    return [{ kind, actors: actors.slice(0, MOST_LISTED), more: Math.max(0, actors.length - MOST_LISTED) }];
  });
}

/** Whom an id names: of a membership its connection and its room, of a moderation its room. */
function namedBy({ kind, id }: ActorAddress): ActorAddress[] {
  const at = id.indexOf('@');
  if (at === -1) return [];
  const room: ActorAddress = { kind: 'room', id: id.slice(at + 1) };
  if (kind === 'membership') return [{ kind: 'connection', id: id.slice(0, at) }, room];
  return kind === 'moderation' ? [room] : [];
}
