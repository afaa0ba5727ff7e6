/** The events of the event bus, as plain data. Actors emit them and never listen to them. */

import type { Json, MemberInfo } from '../protocol/command.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { Grounds } from '../protocol/grounds.ts';
import type { RpcFailure } from '../protocol/rpc-errors.ts';
import type { Problem } from './problem.ts';

/** Why a member is no longer in a room. */
export type LeaveReason =
  /** It sent a leave command, or the owner of the server has ended a presence that was set from outside. */
  | 'left'
  /** Its socket closed. */
  | 'disconnected'
  /** Its socket broke, or was closed so that the client comes back. */
  | 'lost'
  /** The server shut down. */
  | 'shutdown'
  /** It was an anonymous member, and the last run of the server ended without a shutdown. */
  | 'swept'
  /** It was away for too long, its token for the room has expired, or the time of a presence that was set is over. */
  | 'expired'
  /** Its user joined again with a new connection, which replaced it or was refused. */
  | 'resumed'
  /** The library or a TARS service removed it from the room. */
  | 'kicked'
  /** The room was closed after repeated failures. */
  | 'room closed';

/** The handlers that a user of the library may give. `message` is the schema of a room's messages. */
export type HandlerName =
  | 'message'
  | 'onJoin'
  | 'onMessage'
  | 'onCall'
  | 'onLeave'
  | 'onBroadcast'
  | 'onSend'
  | 'authenticate';

/** The name of each event, and the object that a listener gets. Times are in milliseconds since 1970. */
export interface ServerEvents {
  /**
   * Something was refused, dropped, or closed by the server, and on what grounds; told for each time. What failed has events
   * of its own.
   */
  'problem.noted': Problem;
  /**
   * The server takes connections from now on. `clean` is false if the run before ended without a shutdown: then all its
   * connections are over, and nobody has told of them one by one. It is known where webhooks are kept on disk.
   */
  'server.started': { clean?: boolean };
  /** Rooms of an earlier run are being read, or opened; told every 10 seconds. */
  'server.restoring': { step: 'read' | 'opened'; done: number; total: number };
  /** All rooms of an earlier run are open. */
  'server.restored': { rooms: number; seconds: number };
  'server.listening': { host: string; port: number };
  /** The server is shutting down. Emitted at the start and while connections close. */
  'server.draining': { connections: number; rooms: number };
  /**
   * There are as many connections as the server takes, and others were refused: so many since this was told last, which
   * is at most once a minute.
   */
  'server.full': { limit: number; refused: number };
  /** The files of `tls` had another certificate, which new connections get from now on. */
  'certificate.changed': { certFile: string };
  /** What is in the files of `tls` now cannot be used: the certificate from before stays. */
  'certificate.failed': { certFile: string; error: unknown };
  'server.stopped': { reason: 'drained' | 'deadline' };
  'connection.opened': { id: string; user?: string; remoteAddress: string };
  /**
   * `by` tells who has closed it; `network`: the socket ended without a close frame. `grounds` is why the server has closed
   * it.
   */
  'connection.closed': {
    id: string;
    user?: string;
    code: number;
    reason: string;
    by: 'server' | 'client' | 'network';
    grounds?: Grounds;
  };
  'connection.failed': { id: string; error: unknown };
  'room.opened': { room: string };
  'room.closed': { room: string };
  /** A room has its first member. A join that is not decided on yet does not count, and neither does a user who is away. */
  'room.occupied': { room: string };
  /** The last member of a room has left it, or is away; after a crash also told of a room that had members. */
  'room.vacated': { room: string };
  /** The machine of a room failed. The room is restarted with its members, or closed if it fails too often. */
  'room.failed': { room: string; error: unknown; outcome: 'restarting' | 'closing' };
  'member.joined': { room: string; member: MemberInfo; resumed: boolean };
  'member.left': { room: string; member: MemberInfo; reason: LeaveReason };
  'member.refused': { room: string; member: MemberInfo; refusal: Refusal };
  /** The machine of a membership failed. This join or membership ends; the connection stays open. */
  'member.failed': { room: string; member: MemberInfo; error: unknown };
  'message.published': { room: string; data: Json; offset: number; epoch: string; from?: MemberInfo };
  /** A message could not be delivered. Its publisher got an error. */
  'message.failed': { room?: string; error: unknown };
  /** A machine has entered a state that a webhook has chosen. `state` is its path, as in `active.occupancy.empty`. */
  'state.entered': {
    machine: string;
    state: string;
    room?: string;
    connection?: string;
    user?: string;
    servant?: string;
  };
  /**
   * An actor is in a state for longer than the chart allows: `maxSeconds` of the state. It is told once for each time that it
   * is there, after up to ten seconds more.
   */
  'state.stuck': { machine: string; state: string; id: string; seconds: number; maxSeconds: number };
  'message.broadcast': { data: Json; from?: MemberInfo };
  /** A handler of a room threw, rejected or missed its deadline. */
  'handler.failed': { room?: string; handler: HandlerName; error: unknown };
  /** A user of a room has lost its connection, also by a crash of the server, and is expected back. */
  'member.away': { room: string; member: MemberInfo };
  /**
   * A question to the owner's backend has no answer: it was late, was no answer, or was not asked. `backend` is its
   * address, or the name of the servant; `connection` is the id of the one that has caused it.
   */
  'question.failed': { question: string; backend: string; connection: string; room?: string; error: unknown };
  /** The circuit breaker of a backend changed. */
  'backend.circuit': { backend: string; circuit: 'open' | 'halfOpen' | 'closed' };
  /** The machine of a backend failed. It is started again with the next question. */
  'backend.failed': { backend: string; error: unknown };
  'servant.connected': { servant: string };
  /** A TARS servant cannot be connected. Emitted once, and again only after it was connected. */
  'servant.unreachable': { servant: string; error: unknown };
  /** The circuit breaker of a servant changed. */
  'servant.circuit': { servant: string; circuit: 'open' | 'halfOpen' | 'closed' };
  /** The circuit breaker of one endpoint of a servant changed; `endpoint` is `tcp -h HOST -p PORT`. */
  'servant.endpoint': { servant: string; endpoint: string; circuit: 'open' | 'halfOpen' | 'closed' };
  /** The TARS registry cannot be asked for the endpoints of an object, or answers with an error. Emitted once. */
  'registry.failed': { object: string; error: unknown };
  /**
   * A call of a servant failed. `error` is for the log; clients get a code. `trace` is the W3C traceparent of the call, if
   * it was sent.
   */
  'rpc.failed': { servant: string; func: string; failure: RpcFailure; trace?: string; error?: unknown };
  /** A key, a token or a secret was wrong, a key does not allow what was asked, or the secret of a call from another TARS service was missing. */
  'access.refused': {
    to: 'the HTTP API' | 'the inspector' | 'the metrics' | 'Statecast.Push';
    remoteAddress?: string;
    /** The name of the key, where it is right and does not allow the method. */
    key?: string;
    method?: string;
  };
  /**
   * Somebody has used the control of the inspector, or tried to. `act` is a command of the feed such as `kick`, with the
   * type of the event where one is sent; `target` is an actor, such as `connection ID`. It is `failed` where the server
   * could not do it. What was published or said is not told.
   */
  'control.used': {
    act: string;
    target: string;
    room?: string;
    remoteAddress: string;
    outcome: 'done' | 'refused' | 'failed';
  };
  /** The store refused the changes of a room, does not answer, or had unreadable data, which was set aside. */
  'store.failed': { room?: string; error: unknown; setAside?: string };
  /** The broker or the presence failed. If a join needed it, the join was refused. */
  'part.failed':
    | { part: 'broker' | 'presence'; room: string; error: unknown }
    | { part: 'control'; error: unknown };
  /** A server of Redis cannot be used, or does not answer. Emitted once, and again only after it was ready. */
  'redis.failed': { address: string; error: unknown };
  /** A server of Redis can be used again, or is not needed any more. */
  'redis.recovered': { address: string };
  /** A webhook is not taken, or its outbox cannot be written or read. Emitted once, and again only after it was taken. */
  'webhook.failed': { webhook: string; error: unknown; setAside?: string };
  /** A webhook is taken again. */
  'webhook.recovered': { webhook: string };
  /**
   * Events of a webhook are lost: the outbox is `full` and the oldest went, they are `unwritten` because the disk refuses
   * them, or they were `expired` because they were not taken for too long.
   */
  'webhook.dropped': { webhook: string; count: number; reason: 'full' | 'unwritten' | 'expired' };
  /** The server ends, and the store does not have the last changes of a room: they are lost. `changes` is their number. */
  'store.dropped': { room: string; changes: number };
  /** The store works again, and all changes of the room are stored. */
  'store.recovered': { room: string };
}

export type ServerEventName = keyof ServerEvents;

/** The part of the event bus that actors use. It never throws. */
export interface EventSink {
  emit<Name extends ServerEventName>(name: Name, event: ServerEvents[Name]): void;
  /** Whether an event has a listener. For a frequent event, the object is made only if it has one. */
  isHeard(name: ServerEventName): boolean;
  /** Resolves when listeners have kept what was emitted; nothing if they have, or keep nothing. */
  kept?(): Promise<unknown> | undefined;
}
