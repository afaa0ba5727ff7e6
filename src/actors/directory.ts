/**
 * Finds every live connection and room by its name. They are independent of each other: a machine that
 * spawned them all would copy its map of children with each of them.
 */

import type { ConnectionInput } from './connection/connection-setup.ts';
import type { connectionMachine, ConnectionRef } from './connection/connection.ts';
import { createSharedSystem, type SharedSystem } from './runtime/shared-system.ts';
import type { SupervisedRoom } from './room/supervised-room.ts';

export interface Directory {
  readonly connections: ReadonlyMap<string, ConnectionRef>;
  readonly rooms: Map<string, SupervisedRoom>;
  /** The system of connections, and of whoever else comes by thousands. */
  readonly system: SharedSystem;
  /** Which users are away in which rooms. */
  readonly absence: {
    add(user: string, room: string): void;
    delete(user: string, room: string): void;
    roomsOf(user: string | undefined): readonly string[];
  };
  /** Starts the actor of a new socket, and greets it with the rooms in which its user is away. */
  openConnection(input: ConnectionInput): ConnectionRef;
  /** Calls back once, when no connection is left: now, if there is none. */
  onceEmpty(callback: () => void): void;
}

/** `machine` is what connections run. */
export function createDirectory(machine: typeof connectionMachine): Directory {
  const connections = new Map<string, ConnectionRef>();
  const system = createSharedSystem();
  const away = new Map<string, Set<string>>();
  let emptyCallbacks: (() => void)[] = [];

  function remove(id: string): void {
    connections.delete(id);
    if (connections.size > 0) return;
    const callbacks = emptyCallbacks;
    emptyCallbacks = [];
    for (const callback of callbacks) callback();
  }

  const absence: Directory['absence'] = {
    add(user, room) {
      const rooms = away.get(user) ?? new Set();
      away.set(user, rooms.add(room));
    },
    delete(user, room) {
      const rooms = away.get(user);
      rooms?.delete(room);
      if (rooms?.size === 0) away.delete(user);
    },
    roomsOf: (user) => (user === undefined ? [] : [...(away.get(user) ?? [])]),
  };

  return {
    connections,
    rooms: new Map(),
    system,
    absence,
    openConnection(input) {
      const { id, user } = input.member;
      const actor = system.create(machine, { id, input });
      connections.set(id, actor);
      actor.subscribe({
        complete: () => remove(id),
        // A machine that fails costs this one connection: its socket is closed, its rooms are told.
        error: (error) => {
          remove(id);
          const { subscriber, joined, joining } = actor.getSnapshot().context;
          input.events.emit('connection.failed', { id, error });
          input.port.close('internal');
          const rooms = joining === undefined ? joined : new Set(joined).add(joining);
          for (const room of rooms) input.rooms.leave(room, subscriber, 'disconnected');
          input.events.emit('connection.closed', {
            ...input.member,
            code: 3004,
            reason: 'internal server error',
          });
        },
      });
      actor.start();
      actor.send({ type: 'connection.greeted', awayIn: absence.roomsOf(user) });
      return actor;
    },
    onceEmpty(callback) {
      if (connections.size === 0) callback();
      else emptyCallbacks.push(callback);
    },
  };
}
