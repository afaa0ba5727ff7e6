/** How a node obeys the orders that come to all nodes, and answers what all are asked. */

import type { Directory } from '../../actors/directory.ts';
import { send } from '../../actors/runtime/send.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { CustomClose } from '../../actors/room/ports.ts';
import type {
  ControlNode,
  JoinOrder,
  Order,
  Question,
  RevokeOrder,
  Selection,
} from '../../broker/control/control.ts';
import { roomsOf } from '../../actors/connection/connection-setup.ts';
import type { ConnectionRef } from '../../actors/connection/connection.ts';
import type { NodeInfo } from '../../operations/operations.ts';
import type { StreamHub } from '../../transport/streams/stream-hub.ts';
import type { MutedRooms } from '../../operations/muted-rooms.ts';
import type { OutsidePresence } from '../../operations/outside-presence.ts';
import { nameOfCode, type CloseName } from '../../protocol/close-codes.ts';
import type { ProblemQuery } from '../../events/problem.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { Revocations } from '../../operations/revocations.ts';
import type { Revocation } from '../../storage/revocations/revocation-store.ts';
import { endRevoked } from './end-revoked.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { ProblemLog } from '../../problems/problem-log.ts';
import { createGlob } from '../../protocol/glob.ts';

const TOO_MANY =
  'too many tokens and users are revoked: one was closed, and may come back. Lift some of them, and revoke it again';

const TOO_MANY_MUTED = 'too many rooms are muted: one more is not';

/** Types of orders and questions that are told as unknown. */
const MAX_IGNORED = 100;

/** A room that has members, and how many. */
export type RoomCount = readonly [room: string, members: number];

export interface ControlNodeInput {
  /** The id of this node. */
  readonly node: string;
  readonly directory: Directory;
  /** Clients without a WebSocket. */
  readonly streams: Pick<StreamHub, 'receive'>;
  /** Who is present without a connection. */
  readonly outside: Pick<OutsidePresence, 'keep' | 'remove'>;
  readonly nodeInfo: () => NodeInfo;
  /** What the inspector lists, for that of another node. */
  readonly listActors: (query: Json) => Json | Promise<Json>;
  /** What went wrong here in the last hour. */
  readonly problems: Pick<ProblemLog, 'find'>;
  /** The metrics, for another worker of the process `place`. */
  readonly tellMetrics: (place: string) => Json | Promise<Json>;
  readonly revocations: Pick<Revocations, 'add' | 'lift' | 'reload'>;
  readonly muted: Pick<MutedRooms, 'mute' | 'unmute' | 'reload'>;
  readonly events: EventSink;
}

export function createControlNode(input: ControlNodeInput): ControlNode {
  const {
    node,
    directory,
    streams,
    outside,
    nodeInfo,
    listActors,
    problems,
    tellMetrics,
    revocations,
    muted,
    events,
  } = input;
  const ignored = new Set<string>();

  /** A node of a newer version may ask for what this one does not know. */
  function ignore(what: string): Error {
    const error = new Error(
      `this node ignores ${what}, which it does not know: another one is of a newer version`,
    );
    if (!ignored.has(what) && ignored.size < MAX_IGNORED) {
      ignored.add(what);
      events.emit('part.failed', { part: 'control', error });
    }
    return error;
  }

  /** A room that is opened later is muted from its beginning. */
  function mute(room: string): boolean {
    if (!muted.mute(room)) {
      events.emit('store.failed', { room, error: new Error(TOO_MANY_MUTED) });
      return false;
    }
    directory.rooms.get(room)?.send({ type: 'room.mute' }, 'library');
    return true;
  }

  function unmute(room: string): boolean {
    directory.rooms.get(room)?.send({ type: 'room.unmute' }, 'library');
    return muted.unmute(room);
  }

  /** Does something to each of the connections. Returns whether there is one. */
  function each(who: Selection, act: (connection: ConnectionRef) => void): boolean {
    const found = findConnections(directory, who);
    found.forEach(act);
    return found.length > 0;
  }

  function endMemberships({ who, room, ending }: Extract<Order, { type: 'leave' }>): boolean {
    let isFound = endAbsence(directory.rooms.get(room), who, ending.reason);
    for (const connection of findConnections(directory, who)) {
      isFound = roomsOf(connection.getSnapshot().context).has(room) || isFound;
      // Also where it is not in the room: a join by the server may wait for its turn.
      send(connection, { type: 'server.leave', room, ending }, 'library');
    }
    return isFound;
  }

  function countRooms(pattern: string | undefined): RoomCount[] {
    const counts: RoomCount[] = [];
    const fits = pattern === undefined ? undefined : createGlob(pattern);
    for (const { name, record } of directory.rooms.values()) {
      const { size } = record.roster.joined;
      if (size > 0 && (fits === undefined || fits(name))) counts.push([name, size]);
    }
    return counts;
  }

  return {
    id: node,
    obey(order: Order) {
      switch (order.type) {
        case 'disconnect': {
          const { who, reason, except } = order;
          const close = toClose(order);
          const found = findConnections(directory, who).filter(({ id }) => except?.includes(id) !== true);
          for (const connection of found) {
            send(connection, { type: 'server.disconnect', close, reason }, 'library');
          }
          return found.length > 0;
        }
        case 'join': {
          const { who, room } = order;
          const joining = readJoining(order);
          return each(who, (connection) =>
            connection.getSnapshot().context.queue.take({ type: 'server.join', room, joining }),
          );
        }
        case 'leave':
          return endMemberships(order);
        case 'revoke':
          if (!revocations.add(readRevocation(order))) {
            events.emit('store.failed', { error: new Error(TOO_MANY) });
          }
          return endRevoked(directory, order);
        case 'unrevoke':
          return revocations.lift('token' in order ? { token: order.token } : { user: order.user });
        case 'refresh': {
          const { who, expired, expiresAt, info } = order;
          const changes = {
            ...(expired !== undefined && { expired }),
            ...(expiresAt !== undefined && { expiresAt }),
            ...(info !== undefined && { info }),
          };
          return each(who, (connection) =>
            send(connection, { type: 'server.refresh', ...changes }, 'library'),
          );
        }
        case 'tell': {
          const { who, data } = order;
          return each(who, (connection) => send(connection, { type: 'server.tell', data }, 'library'));
        }
        case 'keepPresent':
          return outside.keep(order.room, order.member, order.ttlMs);
        case 'removePresent':
          return outside.remove(order.room, order.id);
        case 'resume':
          return resume(directory.rooms.get(order.room), order.user);
        case 'recall': {
          const { room, users } = order;
          const connected = users.map((user) =>
            each({ user }, (one) => one.getSnapshot().context.queue.take({ type: 'room.recall', room })),
          );
          return connected.includes(true);
        }
        case 'kick':
          return kick(directory.rooms.get(order.room), order.connection, order.reason);
        case 'close':
          return close(directory.rooms.get(order.room), order.reason);
        case 'mute':
          return mute(order.room);
        case 'unmute':
          return unmute(order.room);
        case 'reload':
          revocations.reload();
          muted.reload();
          return true;
        case 'emulate':
          return streams.receive(order.session, order.frame);
        default:
          ignore(`an order of the type ${(order satisfies never as Order).type}`);
          return false;
      }
    },
    answer(question) {
      switch (question.type) {
        case 'rooms':
          return countRooms(question.pattern);
        case 'nodes':
          return { ...nodeInfo() } satisfies Json;
        case 'actors':
          return listActors(question.query);
        case 'problems':
          return problems.find(question.query as ProblemQuery, question.most) as unknown as Json;
        case 'metrics':
          return tellMetrics(question.place);
        default:
          throw ignore(`a question of the type ${(question satisfies never as Question).type}`);
      }
    },
  };
}

function readRevocation(order: RevokeOrder): Revocation {
  if ('token' in order) return { token: order.token, until: order.until };
  const { user, issuedBefore, until } = order;
  return {
    user,
    ...(issuedBefore !== undefined && { issuedBefore }),
    ...(until !== undefined && { until }),
  };
}

/** A close without a code is one for good. */
function toClose({ code, reason = '' }: Extract<Order, { type: 'disconnect' }>): CloseName | CustomClose {
  if (code === undefined) return 'disconnected';
  return nameOfCode(code) ?? { code, reason };
}

function readJoining({ info, data, expiresAt, since, override }: JoinOrder): JoinOrder {
  return {
    ...(info !== undefined && { info }),
    ...(data !== undefined && { data }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(since !== undefined && { since }),
    ...(override !== undefined && { override }),
  };
}

/** A user who is away in the room is not expected back any more. Somebody with a session is not away. */
function endAbsence(room: SupervisedRoom | undefined, who: Selection, reason: string): boolean {
  if (room === undefined || who.session !== undefined) return false;
  const gone = room.record.roster
    .awayMembers()
    .filter(({ id, user }) => user === (who.user ?? user) && id === (who.connection ?? id));
  for (const { id } of gone) {
    room.send({ type: 'room.kick', id, refusal: createRefusal('permissionDenied', reason) }, 'library');
  }
  return gone.length > 0;
}

/** The connections of this node that fit. */
function findConnections(
  directory: Directory,
  { user, connection: id, session }: Selection,
): ConnectionRef[] {
  const { connections } = directory;
  const ids =
    id !== undefined ? [id] : user === undefined ? connections.keys() : directory.connectionsOf(user);
  return [...ids]
    .map((one) => connections.get(one))
    .filter((one) => one !== undefined)
    .filter((one) => {
      const { member, emulation } = one.getSnapshot().context;
      return (
        (user === undefined || member.user === user) &&
        (session === undefined || emulation?.session === session)
      );
    });
}

/** A user who is away here has come back on another node. */
function resume(room: SupervisedRoom | undefined, user: string): boolean {
  if (room?.record.roster.away.has(user) !== true) return false;
  room.send({ type: 'room.resumed', user }, 'library');
  return true;
}

function kick(room: SupervisedRoom | undefined, id: string, reason: string): boolean {
  if (room === undefined) return false;
  const { roster } = room.record;
  const isHere = roster.joined.has(id) || roster.awake.has(id);
  if (!isHere && !roster.awayMembers().some((member) => member.id === id)) return false;
  room.send({ type: 'room.kick', id, refusal: createRefusal('permissionDenied', reason) }, 'library');
  return true;
}

function close(room: SupervisedRoom | undefined, reason: string): boolean {
  if (room === undefined) return false;
  const { roster } = room.record;
  const away = roster.awayMembers().map(({ id }) => id);
  for (const id of [...roster.joined.keys(), ...away]) {
    room.send({ type: 'room.kick', id, refusal: createRefusal('permissionDenied', reason) }, 'library');
  }
  room.send({ type: 'room.close' }, 'library');
  return true;
}
