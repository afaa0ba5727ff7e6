/**
 * The seam of a room's stream: its order, its history, and which nodes hear it. Implement it to connect several
 * servers, and check it with `statecast/testing`. It knows no sockets and no members' connections.
 */

import type { Json, MemberInfo, Publication, RoomMember, StreamPosition } from '../protocol/command.ts';

/** Where a publication stands in its room's stream. Offset 0 and an empty epoch: it has no place, because nothing is kept. */
export type Position = StreamPosition;

/** How much of a stream is kept. */
export interface HistoryLimits {
  /** The latest publications that are kept. 0: none. */
  readonly size: number;
  /** How long they are kept after the latest one, in milliseconds. */
  readonly ttlMs: number;
}

export interface PublishOptions {
  /** The connection that publishes; absent when the server itself speaks. */
  readonly from?: RoomMember | undefined;
  /**
   * Default: nothing is kept. Then a broker need not count: the offset is 0 and the epoch is empty. It is the same for all
   * publications of a room.
   */
  readonly history?: HistoryLimits | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** The publication takes no place in the stream: its offset is 0, its epoch may be empty, it is not kept, and the position stays. */
  readonly skipHistory?: boolean | undefined;
  /** Default: it is published in any case. */
  readonly version?: PublicationVersion | undefined;
  /** A second publication with this key in the same room, within five minutes, is not made. It has the same position. */
  readonly idempotencyKey?: string | undefined;
  /**
   * How many publications that say so the room takes a second from all nodes, in bursts of up to one second's worth. One
   * above that is not made. Default: any number.
   */
  readonly messagesPerSecond?: number | undefined;
}

/**
 * A count of the publisher that tells which of two publications is newer. What is not newer than the latest version that
 * the stream has seen is not published, unless `epoch` is another one.
 */
export interface PublicationVersion {
  /** From 1. */
  readonly number: number;
  /** One lifetime of the publisher's count. Default: empty. */
  readonly epoch?: string | undefined;
}

/** Where a message is in its room's stream, once the broker has accepted it. */
export interface Accepted extends Position {
  /** Its version was not newer, so it was not published. The position is that of the stream. */
  readonly isOutdated?: true;
  /** There was a publication with its key, so it was not published. The position is that of the other one. */
  readonly isRepeated?: true;
  /** There were too many in this second, so it was not published. The position means nothing. */
  readonly isOverRate?: true;
}

export interface HistoryQuery {
  /** Only what comes after this position; with `reverse`, what came before it. Nothing when its epoch is another one; an empty epoch fits any. */
  readonly since?: Position | undefined;
  /** At most so many publications. Default: all that are kept. 0: only the position. */
  readonly limit?: number | undefined;
  /** The latest first. Default: the oldest first. */
  readonly reverse?: boolean | undefined;
}

/** A part of a stream, and the stream's position when it was read. */
export interface History extends Position {
  readonly publications: readonly Publication[];
}

/** What a node does with what the broker brings it. */
export interface BrokerListener {
  /** Of a room that this node has subscribed to. */
  publication(publication: Publication): void;
  broadcast(data: Json, from?: MemberInfo): void;
  joined?(room: string, member: RoomMember): void;
  left?(room: string, member: RoomMember): void;
  /** Publications of a room were lost on their way to this node, and are not kept any more. Its stream stands here. */
  missed?(room: string, position: Position): void;
}

/**
 * The streams of all rooms, as one node uses them.
 *
 * Each call returns its result, or a promise of it. A result means that it is done, and that the listeners of this
 * node have been told; after a promise, or with `mayLose`, they may be told a little later. The calls about one room take
 * effect in their order. A promise must settle: reject it when it takes too long.
 */
export interface Broker {
  /**
   * Set it if a publication may be lost on its way to a node, or come late. Then the server looks whether each
   * publication follows the one before, asks every 40 seconds where the streams stand, and tells the clients that have
   * missed something. Default: nothing is lost, and what `history` has was brought before.
   */
  readonly mayLose?: boolean;
  /** Tells this listener what comes to this node, from other nodes and from this one. */
  attach(listener: BrokerListener): void;
  /**
   * Gives a message the next offset of its room's stream, keeps it as the history asks for, and brings it to every node
   * that has subscribed to the room. A publication that is refused, by throwing or rejecting, takes no offset.
   */
  publish(room: string, data: Json, options: PublishOptions): Accepted | Promise<Accepted>;
  /** Reads what is kept. A room without a stream gets one, at offset 0. */
  history(room: string, query?: HistoryQuery): History | Promise<History>;
  /** Drops what is kept. The position stays. */
  removeHistory(room: string): void | Promise<void>;
  /** Where a stream stands as far as this node knows without asking; undefined when it does not. */
  position(room: string): Position | undefined;
  /** From now on this node hears the room. Once it is done, no publication is missed. */
  subscribe(room: string): void | Promise<void>;
  unsubscribe(room: string): void | Promise<void>;
  /** Tells every node that has subscribed to the room of a new member. */
  join(room: string, member: RoomMember): void | Promise<void>;
  leave(room: string, member: RoomMember): void | Promise<void>;
  /** Brings a message to every node, for every open socket. */
  broadcast(data: Json, from?: MemberInfo): void | Promise<void>;
  /** Lets go of connections. This node hears nothing any more; the streams stay where they are shared. */
  close(): void | Promise<void>;
}
