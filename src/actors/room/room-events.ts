/** What a room's machine is given, keeps and hears; the chart is in room.ts. */

import type { Clock } from '../../system/clock.ts';
import type { Broker } from '../../broker/broker.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import type { EventSink, LeaveReason } from '../../events/server-events.ts';
import type { CallOutcome, Json } from '../../protocol/command.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { MemberFact } from './membership-setup.ts';
import type { membershipMachine } from './membership.ts';
import type { Subscriber, Publisher, RoomEntry, RpcPort, RpcRequester } from './ports.ts';
import type { Taps } from './stream/taps.ts';
import type { ClearedOptions, moderationMachine } from './moderation.ts';
import type { RoomRecord } from './room-record.ts';
import type { RoomStore } from './room-store.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';
import type { SharedSystem } from '../runtime/shared-system.ts';

/** Tells which users are away in which rooms, for when they come back. */
export interface AbsenceIndex {
  add(user: string, room: string): void;
  delete(user: string, room: string): void;
  /** The ids of the open connections of a user. */
  connectionsOf(user: string): Iterable<string>;
  /** Tells the node on which a user is away in a room that the user has come back here. */
  tellResumed(user: string, room: string): void;
  /** Tells all nodes that users were found away in a room: some of them may have come back already. */
  recall(users: readonly string[], room: string): void;
}

/** What a room starts actors of. */
export interface RoomMachines {
  readonly membership: typeof membershipMachine;
  readonly moderation: typeof moderationMachine;
}

export interface RoomInput {
  readonly record: RoomRecord;
  readonly store: RoomStore;
  readonly broker: Broker;
  /** What the broker brings to this node. */
  readonly taps: Taps;
  readonly presence: Presence;
  /** Where calls are delegated to. */
  readonly rpc: RpcPort;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly machines: RoomMachines;
  /** For memberships. */
  readonly system: SharedSystem;
  readonly absence: AbsenceIndex;
  /** How long a change may wait for others to be written with it, in milliseconds. */
  readonly flushMs: number;
  /** How long a user stays away before it is off the roster, in milliseconds. */
  readonly awayTtlMs: number;
  /** How long a user whose connection has broken is waited for, in milliseconds. */
  readonly reconnectMs: number;
  /** Where memberships and publications of this room send to; it outlives the machine. */
  readonly send: (event: RoomEvent, from: Sender | undefined) => void;
}

export type RoomEvent =
  | { readonly type: 'room.join'; readonly subscriber: Subscriber; readonly entry?: RoomEntry | undefined }
  | { readonly type: 'room.leave'; readonly subscriber: Subscriber; readonly reason: LeaveReason }
  | { readonly type: 'room.publish'; readonly data: Json; readonly publisher: Publisher }
  /** A message has passed the room's handler. */
  | {
      readonly type: 'room.cleared';
      readonly data: Json;
      readonly publisher: Publisher;
      /** What the owner's backend asks of the stream. */
      readonly options?: ClearedOptions | undefined;
    }
  | {
      readonly type: 'room.call';
      readonly method: string;
      readonly args: ExactJson;
      readonly requester: RpcRequester;
    }
  /** A call has passed the room's handler. */
  | {
      readonly type: 'room.callCleared';
      readonly method: string;
      readonly args: ExactJson;
      readonly requester: RpcRequester;
    }
  /** A call that the room delegated was answered. */
  | { readonly type: 'room.called'; readonly requester: RpcRequester; readonly outcome: CallOutcome }
  /** Puts a member out, or refuses a join that is under way; `refusal` is what it is told. */
  | { readonly type: 'room.kick'; readonly id: string; readonly refusal: Refusal }
  | { readonly type: 'room.mute' }
  | { readonly type: 'room.unmute' }
  | { readonly type: 'room.close' }
  /** Members of an earlier run were found in the store. */
  | { readonly type: 'room.leftovers' }
  /** The store has members of the room that no node looks after. */
  | { readonly type: 'room.orphaned' }
  /** The store has lost what it had. */
  | { readonly type: 'room.forgotten' }
  /** A user who may be away here has come back on another node. */
  | { readonly type: 'room.resumed'; readonly user: string }
  /** The journal was given a change that nobody waits for. */
  | { readonly type: 'room.noted' }
  | MemberFact;

export interface RoomContext extends RoomInput {
  /** The room's actor, as the sender of what the room sends. */
  readonly self: ActorSender;
  /** What came while the store was being asked, in order. It is changed in place: `assign` would leave the fast lane. */
  held: RoomEvent[];
  /** Failed attempts to write since the last success. */
  attempts: number;
}

/** One of the events, by its type. */
export type RoomEventOf<Type extends RoomEvent['type']> = Extract<RoomEvent, { readonly type: Type }>;

/** What an action of the room is given, besides its params. */
export interface RoomArgs {
  readonly context: RoomContext;
}

/** The same of an action that reads the event. */
export interface RoomEventArgs extends RoomArgs {
  readonly event: RoomEvent;
}
