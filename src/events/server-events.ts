/** What the server tells the outside: the events of the event bus, as plain data. Actors emit them and never listen. */

import type { Json, MemberInfo } from '../protocol/command.ts';
import type { Refusal } from '../protocol/errors.ts';
import type { RpcFailure } from '../protocol/rpc-errors.ts';

/** Why a member is no longer in a room. */
export type LeaveReason =
  /** It asked to. */
  | 'left'
  /** Its socket closed. */
  | 'disconnected'
  /** The server shut down under it. */
  | 'shutdown'
  /** It was an anonymous member of a run that ended without saying goodbye. */
  | 'swept'
  /** It was away for longer than `membership.ttlSeconds`. */
  | 'expired'
  /** Its user came back with a new connection, which is a member now, or was refused. */
  | 'resumed'
  /** It was put out of the room, by the library or by a TARS service. */
  | 'kicked'
  /** The room was closed after repeated failures. */
  | 'room closed';

/** Each event's name and what a listener gets. Times are in milliseconds since 1970. */
export interface ServerEvents {
  'server.listening': { host: string; port: number };
  /** The server is shutting down; told at the start and while connections go. */
  'server.draining': { connections: number; rooms: number };
  'server.stopped': { reason: 'drained' | 'deadline' };
  'connection.opened': { id: string; user?: string; remoteAddress: string };
  'connection.closed': { id: string; user?: string; code: number; reason: string };
  'connection.failed': { id: string; error: unknown };
  'room.opened': { room: string };
  'room.closed': { room: string };
  /** A room's machine failed; it is restarted with its members, or closed when it fails too often. */
  'room.failed': { room: string; error: unknown; outcome: 'restarting' | 'closing' };
  'member.joined': { room: string; member: MemberInfo; resumed: boolean };
  'member.left': { room: string; member: MemberInfo; reason: LeaveReason };
  'member.refused': { room: string; member: MemberInfo; refusal: Refusal };
  /** The machine of a membership failed: that one join or membership is over, its connection stays. */
  'member.failed': { room: string; member: MemberInfo; error: unknown };
  'message.published': { room: string; data: Json; offset: number; epoch: string; from?: MemberInfo };
  /** A message could not be handed on; its publisher was told. */
  'message.failed': { room?: string; error: unknown };
  'message.broadcast': { data: Json; from?: MemberInfo };
  /** A room's handler threw, rejected or outlived its deadline. */
  'handler.failed': { room: string; handler: 'onJoin' | 'onMessage' | 'onLeave'; error: unknown };
  'servant.connected': { servant: string };
  /** A TARS servant could not be connected; told once until that changes, however often it is tried. */
  'servant.unreachable': { servant: string; error: unknown };
  /** The circuit breaker of a servant changed. */
  'servant.circuit': { servant: string; circuit: 'open' | 'halfOpen' | 'closed' };
  /** A call of a servant has no result; `error` is for the log, clients are told a code. `trace` is its W3C traceparent. */
  'rpc.failed': { servant: string; func: string; failure: RpcFailure; trace: string; error?: unknown };
  /** The store refused a room's changes, is stalled, or something in it was unreadable and put aside. */
  'store.failed': { room?: string; error: unknown; setAside?: string };
  /** The broker or the presence has not done what it was asked. A join that needed it was refused. */
  'part.failed': { part: 'broker' | 'presence'; room: string; error: unknown };
  /** A room whose store had failed has everything recorded again. */
  'store.recovered': { room: string };
}

export type ServerEventName = keyof ServerEvents;

/** The sending half of the event bus: all that actors see of it. It never throws. */
export interface EventSink {
  emit<Name extends ServerEventName>(name: Name, event: ServerEvents[Name]): void;
  /** Whether anybody listens. Where events are frequent, one that nobody hears is not even made. */
  isHeard(name: ServerEventName): boolean;
}
