/**
 * Finds every live connection and room by its name. They are independent actors: a machine that spawned them all would
 * copy its map of children each time.
 */

import type { MemberInfo } from '../protocol/command.ts';
import type { Clock } from '../system/clock.ts';
import type {
  ConnectionInput,
  ConnectionSurroundings,
  NewConnection,
} from './connection/connection-events.ts';
import { roomsOf } from './connection/connection-setup.ts';
import type { connectionMachine, ConnectionRef } from './connection/connection.ts';
import { send } from './runtime/send.ts';
import { createSharedSystem, type SharedSystem } from './runtime/shared-system.ts';
import { TimerWheel } from './runtime/timer-wheel.ts';
import type { ConnectionPort } from './room/ports.ts';
import type { SupervisedRoom } from './room/supervised-room.ts';

export interface Directory {
  readonly connections: ReadonlyMap<string, ConnectionRef>;
  /** The ids of the open connections of a user. */
  connectionsOf(user: string): Iterable<string>;
  /** How many different users are connected; all anonymous connections together count as one. */
  countUsers(): number;
  readonly rooms: Map<string, SupervisedRoom>;
  /** The XState system of connections, and of other actors that there are thousands of. */
  readonly system: SharedSystem;
  /** Which users are away in which rooms. */
  readonly absence: {
    add(user: string, room: string): void;
    delete(user: string, room: string): void;
    roomsOf(user: string | undefined): readonly string[];
    connectionsOf(user: string): Iterable<string>;
    tellResumed(user: string, room: string): void;
    recall(users: readonly string[], room: string): void;
  };
  /** Starts the actor of a new socket. Where the handshake says who the client is, the connection is open then. */
  openConnection(
    opened: NewConnection,
    port: ConnectionPort,
    surroundings: ConnectionSurroundings,
  ): ConnectionRef;
  /** Calls back once, when no connection is left. It calls back at once if there is none. */
  onceEmpty(callback: () => void): void;
}

/** Who is away on other nodes. */
export interface AbsenceElsewhere {
  /** The rooms in which a user is away. It never rejects. */
  roomsOf(user: string): Promise<readonly string[]>;
  /** Tells the node on which a user is away in a room that the user has come back here. */
  tellResumed(user: string, room: string): void;
  /** Has the nodes to which users are connected join them to a room, in which they were found away. */
  recall(users: readonly string[], room: string): void;
}

/**
 * @param machine What connections run.
 * @param elsewhere Absent: there are no other nodes.
 */
export function createDirectory(
  machine: typeof connectionMachine,
  clock: Clock,
  elsewhere?: AbsenceElsewhere,
): Directory {
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

  const countConnections = (user: string): number => byUser.get(user)?.size ?? 0;

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

  /** Joins those to a room who have connected before it was found that they are away there. */
  function recallHere(users: readonly string[], room: string): void {
    for (const id of users.flatMap((user) => [...(byUser.get(user) ?? [])])) {
      connections.get(id)?.getSnapshot().context.queue.take({ type: 'room.recall', room });
    }
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
    tellResumed: (user, room) => elsewhere?.tellResumed(user, room),
    recall: elsewhere === undefined ? recallHere : elsewhere.recall.bind(elsewhere),
    roomsOf: (user) => (user === undefined ? [] : [...(away.get(user) ?? [])]),
  };

  const awayIn = (user: string | undefined): readonly string[] => absence.roomsOf(user);
  const awayElsewhere = elsewhere && ((user: string) => elsewhere.roomsOf(user));

  return {
    connections,
    connectionsOf: (user) => absence.connectionsOf(user),
    countUsers() {
      let named = 0;
      for (const ids of byUser.values()) named += ids.size;
      return byUser.size + (connections.size > named ? 1 : 0);
    },
    rooms: new Map(),
    system,
    absence,
    openConnection(opened, port, surroundings) {
      const { id } = opened.member;
      // Written out: objects that are made with spreads take more memory, and more time.
      const input: ConnectionInput = {
        member: opened.member,
        remoteAddress: opened.remoteAddress,
        port,
        protocol: opened.protocol,
        handshake: opened.handshake,
        emulation: opened.emulation,
        rooms: surroundings.rooms,
        queries: surroundings.queries,
        application: surroundings.application,
        authenticator: surroundings.authenticator,
        questions: surroundings.questions,
        revocations: surroundings.revocations,
        limits: surroundings.limits,
        rateRules: surroundings.rateRules,
        pings: surroundings.pings,
        events: surroundings.events,
        clock,
        wheel,
        awayIn,
        awayElsewhere,
        countConnections,
        onIdentified,
      };
      const actor = system.create(machine, { id, input });
      connections.set(id, actor);
      onIdentified(opened.member);
      actor.subscribe({
        complete: () => remove(actor.getSnapshot().context.member),
        // A machine that fails costs this one connection: its socket is closed, its rooms are told.
        error: (error) => {
          const { context } = actor.getSnapshot();
          // These functions live as long as the connection, so they do not use its input.
          const { member, events, rooms, subscriber } = context;
          remove(member);
          events.emit('connection.failed', { id: member.id, error });
          context.port.close('internal');
          for (const room of roomsOf(context)) rooms.leave(room, subscriber, 'disconnected');
          events.emit('connection.closed', {
            ...member,
            code: 3004,
            reason: 'internal server error',
            by: 'server',
          });
        },
      });
      actor.start();
      if (opened.protocol.greeting === 'handshake') {
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
