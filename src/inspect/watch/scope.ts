/** Which actors belong to a watch: the target, and with `related` also those around it. */

import { roomsOf } from '../../actors/connection/connection-setup.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';
import {
  findActor,
  findMembership,
  splitId,
  type ActiveEntry,
  type ActorEntry,
  type Population,
} from '../population/population.ts';

/** At most so many connections are watched with a room. */
export const MAX_CONNECTIONS = 200;
/** At most so many resting memberships are listed: the latest ones. */
const MAX_RESTING = 1_000;

export interface Scope {
  readonly target: ActorAddress;
  readonly related: boolean;
}

/** Whether an actor of this address belongs to the watch. The connections of a room are not told by their address. */
export function covers({ target, related }: Scope, { kind, id }: ActorAddress): boolean {
  if (kind === target.kind && id === target.id) return true;
  if (!related) return false;
  // The questions of a connection itself are named by it.
  if (target.kind === 'connection' && kind === 'question') return splitId(id).room === target.id;
  if (target.kind === 'connection') return kind === 'membership' && splitId(id).part === target.id;
  if (target.kind !== 'room') return false;
  if (kind === 'tarsProxy' || kind === 'backend') return true;
  const isOfRoom = kind === 'membership' || kind === 'moderation' || kind === 'question';
  return isOfRoom && splitId(id).room === target.id;
}

/** The actors that belong to the watch now, the target first. Empty when the target does not exist. */
export function entriesOf(scope: Scope, population: Population): ActorEntry[] {
  const { target, related } = scope;
  const entry = findActor(population, target);
  if (entry === undefined) return [];
  if (!related) return [entry];
  if (target.kind === 'connection') {
    return [entry, ...membershipsOf(target.id, population), ...questionsOf(target.id, population)];
  }
  if (target.kind !== 'room' || entry.room === undefined) return [entry];
  const { room } = entry;
  const { awake, joined } = room.record.roster;
  const members = [...awake.keys(), ...[...joined.keys()].toReversed()];
  const memberships = members.slice(0, awake.size + MAX_RESTING).map((id) => findMembership(room, id));
  const publications = [...room.record.moderations.keys()].map((id) =>
    findActor(population, { kind: 'moderation', id }),
  );
  const connections = members
    .slice(0, MAX_CONNECTIONS)
    .map((id) => findActor(population, { kind: 'connection', id }));
  const proxies = [...population.proxies.keys()].map((id) =>
    findActor(population, { kind: 'tarsProxy', id }),
  );
  const backends = [...population.backends.keys()].map((id) =>
    findActor(population, { kind: 'backend', id }),
  );
  const questions = questionsOf(room.name, population);
  return [
    entry,
    ...memberships,
    ...publications,
    ...connections,
    ...questions,
    ...backends,
    ...proxies,
  ].filter(isThere);
}

/** Whether a connection is in a room, or is joining or leaving it. */
export function isMember(room: SupervisedRoom | undefined, connection: string): boolean {
  const roster = room?.record.roster;
  return roster !== undefined && (roster.joined.has(connection) || roster.awake.has(connection));
}

/** The questions about a room, or of a connection. */
function questionsOf(name: string, population: Population): ActorEntry[] {
  return [...population.questions.keys()]
    .filter((id) => splitId(id).room === name)
    .map((id) => findActor(population, { kind: 'question', id }))
    .filter(isThere);
}

function membershipsOf(connection: string, { directory }: Population): ActorEntry[] {
  const actor = directory.connections.get(connection);
  if (actor === undefined) return [];
  return [...roomsOf(actor.getSnapshot().context)]
    .map((name) => directory.rooms.get(name))
    .map((room) => room && findMembership(room, connection))
    .filter(isThere);
}

function isThere(entry: ActorEntry | undefined): entry is ActorEntry {
  return entry !== undefined;
}

export function isActive(entry: ActorEntry): entry is ActiveEntry {
  return entry.actor !== undefined;
}
