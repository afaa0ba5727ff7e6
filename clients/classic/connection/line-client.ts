/** A room client for the line protocol: the connection, its pending commands and its rooms. It draws nothing. */

import { createActor, type SnapshotFrom } from 'xstate';
import { platformClock, type Clock } from '../../shared/clock.ts';
import { connectionMachine } from './connection-machine.ts';
import { encodeCommand, parseJoinedRoom, type LineCommand } from './line-commands.ts';
import { createPendingCommands } from './pending-commands.ts';
import type { ConnectionState, Membership } from '../../chat/session/session-states.ts';
import type { RoomClient, RoomClientEvent, Target } from './room-client.ts';
import { openWebSocket, type OpenWire, type Wire } from '../../shared/wire.ts';

export interface LineClientOptions {
  /** The server's WebSocket URL, without a query. */
  readonly url: string;
  /** Sent as `?user=` when the server takes that; none by default. */
  readonly user?: string | undefined;
  readonly listener: (event: RoomClientEvent) => void;
  /** Default: the browser's WebSocket. */
  readonly openWire?: OpenWire;
  /** Default: the timers of the platform. */
  readonly clock?: Clock;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Default `Math.random`. */
  readonly random?: () => number;
}

/** Makes a client; it connects when `connect` is called. */
export function createLineClient(options: LineClientOptions): RoomClient {
  const { url, listener, openWire = openWebSocket, now = Date.now, random = Math.random } = options;
  const pending = createPendingCommands();
  /** Rooms to be in whenever the connection is open. */
  const wanted = new Set<string>();
  /** Rooms this connection is a member of. */
  const joined = new Set<string>();
  /** Rooms that the server itself joined this connection to; it does so once for each room. */
  const resumed = new Set<string>();
  /** What was lost with a socket. Reported after the new state, and never during a step of the machine. */
  const losses: RoomClientEvent[] = [];
  let user = options.user;
  let wire: Wire | undefined;
  let connection: ConnectionState = { name: 'closed' };
  let lastId = 0;

  const actor = createActor(
    connectionMachine.provide({
      actions: { openSocket, dropSocket, sendPing: () => issue({ type: 'ping' }) },
    }),
    { input: { now, random }, clock: options.clock ?? platformClock },
  );
  actor.subscribe((snapshot) => {
    const before = connection.name;
    connection = toConnectionState(snapshot);
    if (connection.name !== before) listener({ type: 'connection.changed', connection });
    for (const event of losses.splice(0)) listener(event);
    if (connection.name === 'open' && before !== 'open') wanted.forEach(requestJoin);
  });
  actor.start();

  return {
    connect: () => actor.send({ type: 'connect' }),
    disconnect: () => actor.send({ type: 'disconnect' }),
    signIn(nextUser) {
      user = nextUser;
      actor.send({ type: 'reconnect' });
    },
    checkNetwork: () => actor.send({ type: 'network.changed' }),
    join(room) {
      wanted.add(room);
      if (connection.name === 'open') requestJoin(room);
    },
    leave(room) {
      wanted.delete(room);
      if (connection.name !== 'open') return;
      issue({ type: 'leave', room });
      setMembership(room, 'leaving');
    },
    send(target: Target, text: string) {
      if (connection.name !== 'open') return undefined;
      lastId += 1;
      issue({ type: 'send', id: lastId, target, text });
      return lastId;
    },
  };

  function openSocket(): void {
    const query = user === undefined ? '' : `?user=${encodeURIComponent(user)}`;
    wire = openWire(url + query, {
      opened: () => actor.send({ type: 'socket.opened' }),
      received: readFrame,
      closed: (closure) => actor.send({ type: 'socket.closed', ...closure }),
    });
  }

  function dropSocket(): void {
    wire?.drop();
    wire = undefined;
    resumed.clear();
    const rooms = new Set(joined);
    joined.clear();
    for (const command of pending.drain()) {
      if (command.type === 'send') losses.push({ type: 'send.unconfirmed', id: command.id });
      if (command.type === 'join' || command.type === 'leave') rooms.add(command.room);
    }
    for (const room of rooms) losses.push({ type: 'membership.changed', room, membership: 'out' });
  }

  function issue(command: LineCommand): void {
    pending.add(command);
    wire?.send(encodeCommand(command));
  }

  function requestJoin(room: string): void {
    issue({ type: 'join', room });
    setMembership(room, 'joining');
  }

  function setMembership(room: string, membership: Membership): void {
    listener({ type: 'membership.changed', room, membership });
  }

  function readFrame(frame: string): void {
    const reading = pending.read(frame, joined);
    switch (reading.type) {
      case 'copy':
        return listener({ type: 'message.copied', id: reading.command.id });
      case 'done':
        return finish(reading.command, reading.copied);
      case 'refused':
        return refuse(reading.command, reading.reason);
      case 'message':
        return readUnasked(reading.text);
    }
  }

  function finish(command: LineCommand, copied: boolean): void {
    switch (command.type) {
      case 'ping':
        return actor.send({ type: 'ping.answered' });
      case 'join':
        joined.add(command.room);
        return setMembership(command.room, 'joined');
      case 'leave':
        joined.delete(command.room);
        return setMembership(command.room, 'out');
      case 'send':
        return listener({ type: 'send.done', id: command.id, copied });
    }
  }

  function refuse(command: LineCommand, reason: string): void {
    if (command.type === 'send') return listener({ type: 'send.refused', id: command.id, reason });
    listener({ type: 'command.refused', reason });
    // A refused ping is an answer too: the connection works.
    if (command.type === 'ping') return actor.send({ type: 'ping.answered' });
    if (command.type === 'join') wanted.delete(command.room);
    else wanted.add(command.room);
    setMembership(command.room, joined.has(command.room) ? 'joined' : 'out');
  }

  /** The server itself joins a user who comes back, and sends a line. Without a user, such a line is a message. */
  function readUnasked(text: string): void {
    const room = user === undefined ? undefined : parseJoinedRoom(text);
    if (room === undefined || resumed.has(room)) return listener({ type: 'message.received', text });
    resumed.add(room);
    if (joined.has(room)) return;
    joined.add(room);
    wanted.add(room);
    listener({ type: 'membership.changed', room, membership: 'joined', unasked: true });
  }
}

function toConnectionState(snapshot: SnapshotFrom<typeof connectionMachine>): ConnectionState {
  const { retryAt, closure } = snapshot.context;
  const end = closure && { closure };
  if (snapshot.matches('closed')) return { name: 'closed', ...end };
  if (snapshot.matches('waiting')) return { name: 'waiting', retryAt, ...end };
  return { name: snapshot.matches({ socket: 'open' }) ? 'open' : 'connecting' };
}
