/** How a node obeys the orders that come to all nodes, and answers what all are asked. */

import type { Directory } from '../../actors/directory.ts';
import { send } from '../../actors/runtime/send.ts';
import { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { Rooms } from '../../actors/rooms.ts';
import type { ControlNode, Order, Selection } from '../../broker/control/control.ts';
import type { ConnectionRef } from '../../actors/connection/connection.ts';
import type { NodeInfo } from '../../operations/operations.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { matchesGlob } from '../../protocol/glob.ts';

/** A room that has members, and how many. */
export type RoomCount = readonly [room: string, members: number];

export interface ControlNodeInput {
  readonly directory: Directory;
  readonly rooms: Pick<Rooms, 'open'>;
  readonly nodeInfo: () => NodeInfo;
}

export function createControlNode({ directory, rooms, nodeInfo }: ControlNodeInput): ControlNode {
  /** A room that is not in memory here is opened, so that it is muted when its first member comes. */
  function mute(type: 'room.mute' | 'room.unmute', name: string): boolean {
    const room = rooms.open(name);
    if (!(room instanceof SupervisedRoom)) return false;
    room.send({ type }, 'library');
    return true;
  }

  /** Does something to each of the connections. Returns whether there is one. */
  function each(who: Selection, act: (connection: ConnectionRef) => void): boolean {
    const found = findConnections(directory, who);
    found.forEach(act);
    return found.length > 0;
  }

  function countRooms(pattern: string | undefined): RoomCount[] {
    const counts: RoomCount[] = [];
    for (const { name, record } of directory.rooms.values()) {
      const { size } = record.roster.joined;
      if (size > 0 && (pattern === undefined || matchesGlob(pattern, name))) counts.push([name, size]);
    }
    return counts;
  }

  return {
    obey(order: Order) {
      switch (order.type) {
        case 'disconnect': {
          const { who, reason } = order;
          return each(who, (connection) =>
            send(connection, { type: 'server.disconnect', reason }, 'library'),
          );
        }
        case 'tell': {
          const { who, data } = order;
          return each(who, (connection) => send(connection, { type: 'server.tell', data }, 'library'));
        }
        case 'kick':
          return kick(directory.rooms.get(order.room), order.connection, order.reason);
        case 'close':
          return close(directory.rooms.get(order.room), order.reason);
        case 'mute':
          return mute('room.mute', order.room);
        case 'unmute':
          return mute('room.unmute', order.room);
      }
    },
    answer: (question) =>
      question.type === 'rooms' ? countRooms(question.pattern) : ({ ...nodeInfo() } satisfies Json),
  };
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

function kick(room: SupervisedRoom | undefined, id: string, reason: string): boolean {
  if (room === undefined) return false;
  const { roster } = room.record;
  if (!roster.joined.has(id) && !roster.awayMembers().some((member) => member.id === id)) return false;
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
