/**
 * Finds every live connection and room by its name. They are independent actors: a machine that spawned them all would
 * copy its map of children each time.
 */

import type { MemberInfo } from '../protocol/command.ts';
import type { Clock } from '../system/clock.ts';
import type { ConnectionInput, NewConnection } from './connection/connection-events.ts';
import { roomsOf } from './connection/connection-setup.ts';
import type { connectionMachine, ConnectionRef } from './connection/connection.ts';
import { send } from './runtime/send.ts';
import { createSharedSystem, type SharedSystem } from './runtime/shared-system.ts';
import { TimerWheel } from './runtime/timer-wheel.ts';
import type { SupervisedRoom } from './room/supervised-room.ts';

export interface Directory {
  readonly connections: ReadonlyMap<string, ConnectionRef>;
  /** The ids of the open connections of a user. */
  connectionsOf(user: string): Iterable<string>;
  readonly rooms: Map<string, SupervisedRoom>;
  /** The XState system of connections, and of other actors that there are thousands of. */
  readonly system: SharedSystem;
  /** Which users are away in which rooms. */
  readonly absence: {
    add(user: string, room: string): void;
    delete(user: string, room: string): void;
    roomsOf(user: string | undefined): readonly string[];
    connectionsOf(user: string): Iterable<string>;
  };
  /** Starts the actor of a new socket. Where the handshake says who the client is, the connection is open then. */
  openConnection(input: NewConnection): ConnectionRef;
  /** Calls back once, when no connection is left. It calls back at once if there is none. */
  onceEmpty(callback: () => void): void;
}

/** @param machine What connections run. */
export function createDirectory(machine: typeof connectionMachine, clock: Clock): Directory {
  const connections = new Map<string, ConnectionRef>();
  const system = createSharedSystem();
  const wheel = new TimerWheel(clock);
  const away = new Map<string, Set<string>>();
  const byUser = new Map<string, Set<string>>();
  let emptyCallbacks: (() => void)[] = [];

  function onIdentified({ id, user }: MemberInfo): void {
    if (user === undefined) return;
    const ids = byUser.get(user) ?? new Set();
    byUser.set(user, ids.add(id));
  }

  function remove({ id, user }: MemberInfo): void {
    connections.delete(id);
    if (user !== undefined) {
      const ids = byUser.get(user);
      ids?.delete(id);
      if (ids?.size === 0) byUser.delete(user);
    }
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
    connectionsOf: (user) => byUser.get(user) ?? [],
    roomsOf: (user) => (user === undefined ? [] : [...(away.get(user) ?? [])]),
  };

  const awayIn = (user: string | undefined): readonly string[] => absence.roomsOf(user);

  return {
    connections,
    connectionsOf: (user) => absence.connectionsOf(user),
    rooms: new Map(),
    system,
    absence,
    openConnection(opened) {
      const { id } = opened.member;
      // What is spread stands last: the other way round, each object would get a hidden class of its own.
      const input: ConnectionInput = { clock, wheel, awayIn, onIdentified, ...opened };
      const actor = system.create(machine, { id, input });
      connections.set(id, actor);
      actor.subscribe({
        complete: () => remove(actor.getSnapshot().context.member),
        // A machine that fails costs this one connection: its socket is closed, its rooms are told.
        error: (error) => {
          const { context } = actor.getSnapshot();
          remove(context.member);
          input.events.emit('connection.failed', { id, error });
          input.port.close('internal');
          for (const room of roomsOf(context)) input.rooms.leave(room, context.subscriber, 'disconnected');
          input.events.emit('connection.closed', {
            ...context.member,
            code: 3004,
            reason: 'internal server error',
          });
        },
      });
      actor.start();
      if (input.protocol.greeting === 'handshake') {
        send(actor, { type: 'connection.greeted' }, 'socket');
        actor.getSnapshot().context.queue.resume();
      }
      return actor;
    },
    onceEmpty(callback) {
      if (connections.size === 0) callback();
      else emptyCallbacks.push(callback);
    },
  };
}
