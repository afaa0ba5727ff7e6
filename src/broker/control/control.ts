/**
 * The seam of what one node tells and asks all nodes. Implement it to connect several servers, and check it with
 * `statecast/testing`. What an order means is the node's.
 */

import type { Override } from '../../protocol/override.ts';
import type { Json, MemberInfo, StreamPosition } from '../../protocol/command.ts';
import type { Ending } from '../../protocol/endings.ts';

/** Connections that an order is about: those that fit everything that is given. At least one is given. */
export interface Selection {
  /** Connections of this user. */
  readonly user?: string;
  /** The connection with this id. */
  readonly connection?: string;
  /** The connection of this session: of a client without a WebSocket, which knows it. */
  readonly session?: string;
}

/** What the server says of connections that it joins to a room. */
export interface JoinOrder {
  /** For the other members. */
  readonly info?: Json;
  /** For the client itself. */
  readonly data?: Json;
  /** When the membership ends, in milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number;
  /** The client gets what was published after this position. */
  readonly since?: StreamPosition;
  /** What holds for the members in place of the room's settings. */
  readonly override?: Override;
}

/** Times are in milliseconds since 1970. */
export type RevokeOrder =
  /** `token` is the id of the token. */
  | { readonly token: string; readonly until: number }
  /** `issuedBefore`: tokens that were made at this time or later are believed. */
  | { readonly user: string; readonly issuedBefore?: number; readonly until?: number };

/** What is changed of connections; what is absent stays. */
export interface RefreshOrder {
  /** Their time is over: they are closed. */
  readonly expired?: boolean;
  /** When their time is over, in milliseconds since 1970. 0: never. */
  readonly expiresAt?: number;
  /** For the other members. */
  readonly info?: Json;
}

/** What all nodes are to do. */
export type Order =
  /** Close connections, for good if there is no code, and tell the clients the reason if there is one. */
  | {
      readonly type: 'disconnect';
      readonly who: Selection;
      readonly reason?: string;
      readonly code?: number;
      /** The ids of connections that stay. */
      readonly except?: readonly string[];
    }
  /** Join connections to a room; its rules are not asked. */
  | ({ readonly type: 'join'; readonly who: Selection; readonly room: string } & JoinOrder)
  /** End memberships, those that are being asked for and those of users who are away included. */
  | {
      readonly type: 'leave';
      readonly who: Selection;
      readonly room: string;
      readonly ending: Ending;
    }
  /** Believe a token or a user no longer. What is absent of a user: all its tokens, until it is lifted. */
  | ({ readonly type: 'revoke' } & RevokeOrder)
  | ({ readonly type: 'unrevoke' } & ({ readonly token: string } | { readonly user: string }))
  /** Change what was proven of connections. */
  | ({ readonly type: 'refresh'; readonly who: Selection } & RefreshOrder)
  /** Send a message to connections. */
  | { readonly type: 'tell'; readonly who: Selection; readonly data: Json }
  /** Have a member that the owner of the server has made present stay for so many milliseconds more. */
  | {
      readonly type: 'keepPresent';
      readonly room: string;
      readonly member: MemberInfo;
      readonly ttlMs: number;
    }
  /** End the presence of such a member. */
  | { readonly type: 'removePresent'; readonly room: string; readonly id: string }
  /** A user has come back to a room on one node: whoever waits for it does so no more. */
  | { readonly type: 'resume'; readonly room: string; readonly user: string }
  /** Users were found away in a room, on a node that has ended: join to it those who have connected in the meantime. */
  | { readonly type: 'recall'; readonly room: string; readonly users: readonly string[] }
  /** Put a member out of a room. */
  | { readonly type: 'kick'; readonly room: string; readonly connection: string; readonly reason: string }
  /** Let only the server publish in a room. */
  | { readonly type: 'mute'; readonly room: string }
  | { readonly type: 'unmute'; readonly room: string }
  /** Put all members out of a room, and let it go from memory. */
  | { readonly type: 'close'; readonly room: string; readonly reason: string }
  /** Read again what is revoked and muted: a store that had lost it was told again. */
  | { readonly type: 'reload' }
  /** Take a frame that a client without a WebSocket has sent to another node. */
  | { readonly type: 'emulate'; readonly session: string; readonly frame: string };

/** What all nodes are asked. */
export type Question =
  /** The rooms that have members, and how many: a list of `[room, members]`; with `pattern`, those whose names fit. */
  | { readonly type: 'rooms'; readonly pattern?: string }
  /** How the node is: one object. */
  | { readonly type: 'nodes' }
  /** What the inspector lists: its own query, and a page of its catalogue. Null where it is turned off. */
  | { readonly type: 'actors'; readonly query: Json }
  /** What went wrong on the node in the last hour: its own query, and a list of problems, at most so many. */
  | { readonly type: 'problems'; readonly query: Json; readonly most: number }
  /** Its metrics, as text in Prometheus' format; null where it is no worker of the process that `place` names. */
  | { readonly type: 'metrics'; readonly place: string };

/** What a node does with orders and questions, those of its own included. */
export interface ControlNode {
  /** The id of the node. */
  readonly id: string;
  /** Returns whether the node has what the order is about. One that throws counts as not having it. */
  obey(order: Order): boolean;
  /** A node that throws or rejects counts as missing. */
  answer(question: Question): Json | Promise<Json>;
}

export interface Survey {
  /** In any order. */
  readonly answers: readonly Json[];
  /** Nodes that have not answered, or not in time. */
  readonly missing: number;
}

/**
 * Each call returns its result, or a promise of it. The orders of one node take effect on each node in their order. A
 * promise must settle: reject it when it takes too long.
 */
export interface Control {
  /** Says who obeys and answers here; once, before all else. */
  attach(node: ControlNode): void;
  /**
   * Connects, after `attach` and before the server listens; once. When the other nodes cannot be reached now, it resolves nevertheless, and
   * connects when they can.
   */
  open?(): void | Promise<void>;
  /**
   * Has every node obey, this one included. Returns whether one of them has what it is about.
   * @param node Only the node with this id obeys. One that is not there does not have it.
   */
  order(order: Order, node?: string): boolean | Promise<boolean>;
  /** Asks every node, this one included, and waits no longer than this for answers. */
  survey(question: Question, deadlineMs: number): Survey | Promise<Survey>;
  /** Lets go of connections. This node is told and asked nothing any more. */
  close(): void | Promise<void>;
}
