/** Finds the actors of the server by their addresses, and also resting memberships, which have no actor. */

import type { AnyActorRef, AnyMachineSnapshot } from 'xstate';
import type { BackendRef } from '../../actors/backend/backend.ts';
import type { QuestionRef } from '../../actors/backend/question.ts';
import type { Directory } from '../../actors/directory.ts';
import { nameMembership } from '../../actors/room/membership.ts';
import type { RestingMember } from '../../actors/room/roster.ts';
import type { ServerRef } from '../../actors/server/server.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import type { DeliveryRef } from '../../actors/webhook/delivery.ts';
import type { RedisLinkRef } from '../../actors/redis/redis-link.ts';
import type { ActorAddress } from '../feed/feed-protocol.ts';

export interface Population {
  readonly server: ServerRef;
  readonly directory: Pick<Directory, 'connections' | 'rooms'>;
  /** By the name of the servant. */
  readonly proxies: ReadonlyMap<string, TarsProxyRef>;
  /** By its name. */
  readonly backends: ReadonlyMap<string, BackendRef>;
  /** Those under way, by their ids. */
  readonly questions: ReadonlyMap<string, QuestionRef>;
  /** By the name of the webhook. */
  readonly deliveries: ReadonlyMap<string, DeliveryRef>;
  /** By the address of the server of Redis. */
  readonly redisLinks: ReadonlyMap<string, RedisLinkRef>;
}

export type ActorEntry = ActiveEntry | RestingEntry;

export interface ActiveEntry {
  readonly address: ActorAddress;
  readonly actor: AnyActorRef & { getSnapshot(): AnyMachineSnapshot };
  /** Set for a room, a membership and a moderation. */
  readonly room?: SupervisedRoom;
}

/** A membership that rests in `joined`. */
export interface RestingEntry {
  readonly address: ActorAddress;
  readonly actor?: never;
  readonly room: SupervisedRoom;
  readonly member: RestingMember;
}

/** Splits the id of a membership, a moderation or a question about a room: the part before the first `@`, and the room. */
export function splitId(id: string): { readonly part: string; readonly room: string } {
  const at = id.indexOf('@');
  return at === -1 ? { part: id, room: '' } : { part: id.slice(0, at), room: id.slice(at + 1) };
}

/** Finds an actor by its address. Undefined if it has ended, or its room is being restarted. */
export function findActor(population: Population, address: ActorAddress): ActorEntry | undefined {
  const { directory, proxies, server, backends, questions, deliveries, redisLinks } = population;
  const { kind, id } = address;
  switch (kind) {
    case 'server':
      return id === 'server' ? { address, actor: server } : undefined;
    case 'connection': {
      const actor = directory.connections.get(id);
      return actor && { address, actor };
    }
    case 'room': {
      const room = directory.rooms.get(id);
      return room?.actor && { address, actor: room.actor, room };
    }
    case 'tarsProxy': {
      const actor = proxies.get(id);
      return actor && { address, actor };
    }
    case 'backend': {
      const actor = backends.get(id);
      return actor && { address, actor };
    }
    case 'question': {
      const actor = questions.get(id);
      return actor && { address, actor };
    }
    case 'delivery': {
      const actor = deliveries.get(id);
      return actor && { address, actor };
    }
    case 'redisLink': {
      const actor = redisLinks.get(id);
      return actor && { address, actor };
    }
    case 'membership': {
      const { part, room: name } = splitId(id);
      const room = directory.rooms.get(name);
      return room && findMembership(room, part);
    }
    case 'moderation': {
      const room = directory.rooms.get(splitId(id).room);
      const actor = room?.record.moderations.get(id);
      return room && actor && { address, actor, room };
    }
  }
}

/** The membership of a connection in a room, with an actor or resting. */
export function findMembership(room: SupervisedRoom, connection: string): ActorEntry | undefined {
  const { roster } = room.record;
  const address: ActorAddress = { kind: 'membership', id: nameMembership(connection, room.name) };
  const actor = roster.awake.get(connection)?.ref;
  if (actor !== undefined) return { address, actor, room };
  const member = roster.joined.get(connection);
  return member && { address, room, member };
}
