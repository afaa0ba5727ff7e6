/**
 * The messages between the inspector's page and the server, on the WebSocket `/inspector/feed`: one JSON object a
 * frame. Only types; pages import them too. Times are in milliseconds since 1970, with fractions.
 */

import type { Chart, StatePath } from '../chart/chart.ts';

export type FeedJson = null | boolean | number | string | readonly FeedJson[] | FeedObject;
export interface FeedObject {
  readonly [key: string]: FeedJson;
}

export type MachineName =
  | 'server'
  | 'connection'
  | 'membership'
  | 'room'
  | 'moderation'
  | 'question'
  | 'backend'
  | 'tarsProxy'
  | 'delivery'
  | 'redisLink';

/**
 * Names an actor. Ids: `server`; a connection's id; a room's name; a servant's name; `CONNECTION@ROOM` of a
 * membership; `NUMBER@ROOM` of a moderation, a message that a handler judges; `NUMBER@ROOM` or `NUMBER@CONNECTION` of a
 * question to a backend; the address of a backend; the name of a webhook; the address of a server of Redis.
 */
export interface ActorAddress {
  readonly kind: MachineName;
  readonly id: string;
}

/** What actors use or hear from that is not an actor itself. */
export type Outside = 'socket' | 'http' | 'library' | 'broker' | 'store' | 'handler' | 'servant' | 'timer';

export type Party = ActorAddress | { readonly outside: Outside };

/** `resting`: a joined membership that has no actor; only its room keeps it. */
export type ActorStatus = 'active' | 'resting' | 'failed' | 'done';

/** One line of the catalogue. */
export interface ActorSummary extends ActorAddress {
  readonly status: ActorStatus;
  /** The active states that have no active children, in the chart's order. Of a failed actor, the last ones. */
  readonly states: readonly StatePath[];
  /** When it entered them. */
  readonly since: number;
  /** The user of a connection or a membership, if it has one. */
  readonly user?: string;
  /** Numbers such as members, offset or inFlight. All actors of a kind have the same names. */
  readonly figures: Readonly<Record<string, number>>;
  /** Of a failed one. */
  readonly error?: string;
  /** The name of the node where it is, if that is not the one that is asked. It is watched there. */
  readonly node?: string;
}

/* What the page asks. `id` numbers a request; the answer carries the same. */

export type FeedRequest =
  /** Must come first, within 5 seconds. */
  | { readonly type: 'hello'; readonly token?: string }
  | CatalogueRequest
  /** The chart of a machine, whether or not an actor runs it. */
  | { readonly type: 'chart'; readonly id: number; readonly machine: MachineName }
  /**
   * Watches an actor until `unwatch`. With `related`, a room's memberships, moderations, the connections of its members
   * (up to 200) and the proxies are watched with it, or a connection's memberships.
   */
  | {
      readonly type: 'watch';
      readonly id: number;
      readonly actor: ActorAddress;
      readonly related: boolean;
    }
  | { readonly type: 'unwatch'; readonly id: number }
  /** The recorded history of an actor. */
  | { readonly type: 'history'; readonly id: number; readonly actor: ActorAddress }
  /** The memberships of a room, resting ones too: at most `limit`. */
  | { readonly type: 'members'; readonly id: number; readonly room: string; readonly limit: number }
  /** Who is in a room, on any node: the connections in the order of their joins, then the users who are away. */
  | {
      readonly type: 'presence';
      readonly id: number;
      readonly room: string;
      /** Only those whose id or user contains this, in any case of letters. */
      readonly search?: string;
      /** Default 0. */
      readonly offset?: number;
      /** 1 to 500. */
      readonly limit: number;
    }
  /** What the stream of a room keeps, the latest first. */
  | {
      readonly type: 'publications';
      readonly id: number;
      readonly room: string;
      /** Only older ones than this position. */
      readonly before?: { readonly offset: number; readonly epoch: string };
      /** 1 to 100. */
      readonly limit: number;
    }
  /** The rules and limits of a room in memory. */
  | { readonly type: 'settings'; readonly id: number; readonly room: string }
  /** The latest uses of the control, of one room or of all. */
  | { readonly type: 'acts'; readonly id: number; readonly room?: string }
  /** What was refused, dropped, closed or failed in the last hour, on all nodes. */
  | {
      readonly type: 'problems';
      readonly id: number;
      readonly kind?: ProblemView['kind'];
      /** Only those whose reason, or a name or id in them, contains this, in any case of letters. */
      readonly search?: string;
      /** 1 to 500. */
      readonly limit: number;
    }
  | {
      readonly type: 'control';
      readonly id: number;
      readonly actor: ActorAddress;
      readonly command: ControlCommand;
    };

export interface CatalogueRequest {
  readonly type: 'catalogue';
  readonly id: number;
  /** Only these. Default: all. */
  readonly kinds?: readonly MachineName[];
  /** Only actors in this state or below it, such as `open.flow.congested`. */
  readonly state?: StatePath;
  readonly status?: ActorStatus;
  /** Only actors whose id or user contains this, in any case of letters. */
  readonly search?: string;
  /** A figure's name also sorts, missing ones last. Default: `kind`, then `id`. */
  readonly sort?: string;
  readonly descending?: boolean;
  /** Default 0. */
  readonly offset?: number;
  /** 1 to 500, default 100. */
  readonly limit?: number;
}

/** Needs `inspector.control`. */
export type ControlCommand =
  /** Sends an event of the actor's chart that can be written as JSON. */
  | { readonly type: 'send'; readonly event: FeedObject & { readonly type: string } }
  /** A connection: closes it with 3503. A membership: removes the member from its room. Both may be on another node. */
  | { readonly type: 'kick'; readonly reason?: string }
  /** A room: removes all members and closes it. */
  | { readonly type: 'close'; readonly reason?: string }
  /** A room: publishes as the server does. The room need not be in memory. */
  | { readonly type: 'publish'; readonly data: FeedJson }
  /** A room: lets only the server publish in it. */
  | { readonly type: 'mute' }
  | { readonly type: 'unmute' }
  /** A room: drops the publications that its stream keeps. The room need not be in memory. */
  | { readonly type: 'removeHistory' }
  /** A room: ends the presence of a member that has no connection. */
  | { readonly type: 'removePresence'; readonly member: string };

/** One use of the control. */
export interface ActRecord {
  readonly at: number;
  /** The type of the command; of `send` with the type of the event. */
  readonly act: string;
  /** An actor, such as `connection ID`. */
  readonly target: string;
  readonly room?: string;
  /** From where. */
  readonly remoteAddress: string;
  readonly outcome: 'done' | 'refused' | 'failed';
}

/* What the server says. */

export type FeedMessage =
  /** Answers `hello`. */
  | {
      readonly type: 'welcome';
      readonly version: string;
      /** Whether `control` is allowed. */
      readonly control: boolean;
      readonly machines: readonly MachineName[];
      /** The names of fields whose values are withheld. */
      readonly redacted: readonly string[];
      /** Events that `send` takes, by machine. */
      readonly sendable: Readonly<Partial<Record<MachineName, readonly string[]>>>;
    }
  | CatalogueMessage
  | { readonly type: 'chart'; readonly id: number; readonly chart: Chart }
  /** Answers `watch`: the watched actors as they are now. More may follow in batches as `started`. */
  | { readonly type: 'watching'; readonly id: number; readonly actors: readonly WatchedActor[] }
  | BatchMessage
  | { readonly type: 'history'; readonly id: number; readonly history: ActorHistory }
  | {
      readonly type: 'members';
      readonly id: number;
      readonly room: string;
      /** All of them, in the order of their joins, as far as `limit` goes. */
      readonly members: readonly ActorSummary[];
      readonly total: number;
      /** How many of them have joined; the others are joining or leaving. */
      readonly joined: number;
      /** Users who are away, by name. */
      readonly away: readonly string[];
    }
  | {
      readonly type: 'presence';
      readonly id: number;
      readonly room: string;
      readonly members: readonly PresentView[];
      /** How many match; `members` is one page of them. */
      readonly total: number;
    }
  | {
      readonly type: 'publications';
      readonly id: number;
      readonly room: string;
      /** Where the stream stands. */
      readonly offset: number;
      readonly epoch: string;
      readonly publications: readonly PublicationView[];
      /** Whether older ones than these are kept. */
      readonly hasOlder: boolean;
    }
  | {
      readonly type: 'settings';
      readonly id: number;
      readonly room: string;
      readonly settings: RoomSettings;
    }
  /** At most the latest 100, the latest first. */
  | { readonly type: 'acts'; readonly id: number; readonly acts: readonly ActRecord[] }
  | {
      readonly type: 'problems';
      readonly id: number;
      /** What was seen last comes first. */
      readonly problems: readonly ProblemView[];
      /** Other nodes that have not answered. */
      readonly missing: number;
    }
  | { readonly type: 'done'; readonly id: number }
  /** What was asked cannot be done; `id` is missing when the frame could not be read. */
  | { readonly type: 'refused'; readonly id?: number; readonly error: string };

/** A problem with its grounds. Withheld fields are missing, and long texts are cut. */
export interface ProblemView {
  /** Its number on its node. */
  readonly id: number;
  /** When it was seen first and last, and how often. */
  readonly since: number;
  readonly at: number;
  readonly count: number;
  readonly kind: 'refused' | 'dropped' | 'closed' | 'failed' | 'restarted' | 'circuit' | 'stuck';
  readonly reason: string;
  readonly machine?: string;
  readonly state?: StatePath;
  readonly event?: string;
  readonly guards?: readonly { readonly name: string; readonly holds: boolean }[];
  readonly limit?: { readonly name: string; readonly value: number; readonly actual?: number };
  readonly rule?: { readonly name: string; readonly value: string };
  readonly code?: number;
  readonly client?: string;
  readonly user?: string;
  readonly room?: string;
  readonly address?: string;
  readonly handler?: string;
  readonly target?: string;
  readonly error?: string;
  /** The lines of the error's stack. */
  readonly stack?: readonly string[];
}

/** A connection. The values of fields that are withheld are replaced; a withheld user is missing. */
export interface SenderView {
  readonly id: string;
  readonly user?: string;
  readonly info?: FeedJson;
}

/** A connection that is in a room, or a user who is away. */
export interface PresentView extends SenderView {
  /** What the join has said of it in this room. */
  readonly roomInfo?: FeedJson;
  readonly joinedAt: number;
  /** The owner's backend has made it present: it has no connection. */
  readonly isOutside?: true;
  /** Only of a user who is away; `id` is that of its last connection. */
  readonly awaySince?: number;
}

export interface PublicationView {
  readonly offset: number;
  readonly time: number;
  /** Cut to a bounded size; withheld unless the control is allowed. */
  readonly data: FeedJson;
  readonly tags?: FeedJson;
  /** Missing when the server itself has published it. */
  readonly from?: SenderView;
}

export interface RoomSettings {
  /** The pattern of the server's settings that the room goes by. */
  readonly pattern?: string;
  /** Who may do what. */
  readonly rules: Readonly<Record<'join' | 'publish' | 'presence' | 'history' | 'rpc', string>>;
  /** The users to whom the room belongs by its name. */
  readonly owners?: readonly string[];
  readonly history: { readonly size: number; readonly ttlMs: number };
  readonly recover: boolean | 'cache';
  readonly delta: boolean;
  /** Whether members are told of joins and leaves. */
  readonly joinLeave: boolean;
  /** Functions that may be called through the room. */
  readonly rpc: readonly string[];
  /** Names of the handlers that the room has. */
  readonly handlers: readonly string[];
  /** Whether messages are checked by a schema. */
  readonly hasSchema: boolean;
  readonly capacity: number;
  readonly messagesPerSecond?: number;
  readonly messageBytes: number;
  readonly lingerMs: number;
  readonly handlerMs: number;
}

export interface CatalogueMessage {
  readonly type: 'catalogue';
  readonly id: number;
  readonly at: number;
  /** How many actors match; `actors` is one page of them. */
  readonly total: number;
  readonly actors: readonly ActorSummary[];
  /** Of all actors, whatever the request was: by kind, and by each active state without active children. */
  readonly counts: Readonly<Record<MachineName, KindCount>>;
  /** Other nodes that have not answered: their actors are not listed. Absent: all have, or there are none. */
  readonly missingNodes?: number;
}

export interface KindCount {
  readonly total: number;
  readonly states: Readonly<Record<StatePath, number>>;
  readonly failed: number;
}

export interface WatchedActor extends ActorSummary {
  /** Redacted and cut to a bounded size. Missing for a resting membership. */
  readonly context?: FeedObject;
}

/** What happened to the actors of one watch. It comes at most every 50 ms. */
export interface BatchMessage {
  readonly type: 'batch';
  /** Of the `watch`. */
  readonly id: number;
  readonly items: readonly FeedItem[];
  /** How many items were left out since the last batch, because there were too many. States are still correct. */
  readonly skipped: number;
  /** The actors that changed, as they are at the end of the batch. */
  readonly actors: readonly WatchedActor[];
}

export type FeedItem = TransitionItem | EffectItem | LifeItem;

interface ItemBase {
  readonly at: number;
  /** Grows by one with each item of a watch, left-out ones too. */
  readonly seq: number;
  readonly actor: ActorAddress;
}

/** An actor has handled an event, or failed on it. */
export interface TransitionItem extends ItemBase {
  readonly type: 'transition';
  readonly event: { readonly type: string; readonly data: FeedObject };
  /** Who sent it, if that is known. */
  readonly source?: Party;
  /** Ids of the chart's transitions, in the order in which they were taken; empty: the event was ignored. */
  readonly taken: readonly string[];
  /** Names of the actions that ran, in order. */
  readonly actions: readonly string[];
  /** The new states, if they have changed. */
  readonly states?: readonly StatePath[];
  /** How many such events came in a row. Missing: one. */
  readonly repeat?: number;
}

/** An actor used something that is not an actor, or sent an event to an actor that is not watched. */
export interface EffectItem extends ItemBase {
  readonly type: 'effect';
  readonly to: Party;
  /** The action that did so. */
  readonly action: string;
  readonly repeat?: number;
}

/** An actor has started or ended. `rested`: a joined membership, which has no actor from now on. */
export interface LifeItem extends ItemBase {
  readonly type: 'started' | 'rested' | 'ended' | 'failed';
  readonly states: readonly StatePath[];
  readonly error?: string;
}

/** What the recorder has kept of an actor, oldest first. */
export interface ActorHistory extends ActorAddress {
  readonly entries: readonly HistoryEntry[];
  /** How many entries were overwritten since the actor started. Missing when that is not known. */
  readonly lost?: number;
  /** Of an actor that failed: the event it failed on, and why. */
  readonly failure?: { readonly at: number; readonly event: string; readonly error: string };
}

export interface HistoryEntry {
  readonly at: number;
  readonly event: string;
  /** How many such events came in a row. */
  readonly count: number;
  readonly from: readonly StatePath[];
  /** The same as `from` when the event changed no state. */
  readonly to: readonly StatePath[];
}
