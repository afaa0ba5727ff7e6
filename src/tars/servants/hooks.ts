/**
 * Generated from hooks.tars by statecast tars2ts; do not edit.
 *
 * What a Statecast server asks a backend before something happens: write a servant with this interface, in any TARS
 * language, and name it in the settings `hooks`. Texts named `json` hold a JSON value; an empty one holds none.
 */

import {
  type AdapterOptions,
  type CallOptions,
  type Caller,
  type Decoded,
  type ServantAdapter,
  type ServantCall,
  createProxy,
  createServantAdapter,
  method,
  optional,
  required,
  struct,
  t,
} from '../runtime.ts';

/** What becomes of what was asked about. */
export const Decision = {
  /** It goes on, as the answer says. */
  allow: 0,
  /** The client gets an error. */
  refuse: 1,
  /** The connection is closed. */
  close: 2,
} as const;
export type Decision = (typeof Decision)[keyof typeof Decision];

/** Why it does not go on. */
export interface Reason {
  /** An error: 400 to 1999. A close: 4000 to 4499 if the client shall connect again, 4500 to 4999 if not. */
  code: number;
  /** The text that the client gets. */
  message?: string;
  /** The client may try the same again. Only of an error. */
  temporary?: boolean;
}

/** Encodes and decodes `Reason`. */
export const Reason = struct<Reason>('Statecast.Reason', {
  code: required(0, t.int),
  message: optional(1, t.string),
  temporary: optional(2, t.bool, false),
});

/** The client for which is asked. */
export interface Client {
  /** The id of the connection. */
  id: string;
  /** The user; empty for an anonymous one, and before it is known. */
  user?: string;
  /** websocket, http_stream or sse. */
  transport?: string;
  /** json for the clients of Centrifugo, line for the line protocol. */
  protocol?: string;
  /** What was said of the connection before, if the settings ask for it: JSON. */
  metaJson?: string;
  /** Headers of the handshake that the settings name. */
  headers?: Map<string, string>;
  /** Headers that the client itself has named. Nothing vouches for them. */
  claimedHeaders?: Map<string, string>;
}

/** Encodes and decodes `Client`. */
export const Client = struct<Client>('Statecast.Client', {
  id: required(0, t.string),
  user: optional(1, t.string),
  transport: optional(2, t.string),
  protocol: optional(3, t.string),
  metaJson: optional(4, t.string),
  headers: optional(5, t.map(t.string, t.string)),
  claimedHeaders: optional(6, t.map(t.string, t.string)),
});

/** What the client has said when it connected. */
export interface ConnectQuestion {
  /** The program of the client, as it has named it. */
  name?: string;
  version?: string;
  /** What the client has added: JSON. */
  dataJson?: string;
  /** The rooms to which the server shall join the client again, as the client says. */
  channels?: string[];
}

/** Encodes and decodes `ConnectQuestion`. */
export const ConnectQuestion = struct<ConnectQuestion>('Statecast.ConnectQuestion', {
  name: optional(0, t.string),
  version: optional(1, t.string),
  dataJson: optional(2, t.string),
  channels: optional(3, t.vector(t.string)),
});

/** What is said of the client in one room to which the server joins it. */
export interface RoomAnswer {
  /** For other members: JSON. */
  infoJson?: string;
  /** For the client: JSON. */
  dataJson?: string;
  /** When it ends, in seconds since 1970; 0: never. */
  expireAt?: number;
}

/** Encodes and decodes `RoomAnswer`. */
export const RoomAnswer = struct<RoomAnswer>('Statecast.RoomAnswer', {
  infoJson: optional(0, t.string),
  dataJson: optional(1, t.string),
  expireAt: optional(2, t.long, 0),
});

/** Who the client is. */
export interface ConnectAnswer {
  /** Empty: it is anonymous. */
  user?: string;
  /** When this ends, in seconds since 1970; 0: never. */
  expireAt?: number;
  /** For other clients: JSON. */
  infoJson?: string;
  /** For the client: JSON. */
  dataJson?: string;
  /** Rooms to which the server joins the client. */
  channels?: string[];
  /** The same, with what is said of the client there. */
  subs?: Map<string, RoomAnswer>;
  /** Is kept by the server, for later questions: JSON. */
  metaJson?: string;
}

/** Encodes and decodes `ConnectAnswer`. */
export const ConnectAnswer = struct<ConnectAnswer>('Statecast.ConnectAnswer', {
  user: optional(0, t.string),
  expireAt: optional(1, t.long, 0),
  infoJson: optional(2, t.string),
  dataJson: optional(3, t.string),
  channels: optional(4, t.vector(t.string)),
  subs: optional(5, t.map(t.string, RoomAnswer)),
  metaJson: optional(6, t.string),
});

/** Whether what was said before still holds. */
export interface RefreshAnswer {
  expired?: boolean;
  /** When it ends, in seconds since 1970; 0: never. */
  expireAt?: number;
  /** For others: JSON. Empty: as before. */
  infoJson?: string;
}

/** Encodes and decodes `RefreshAnswer`. */
export const RefreshAnswer = struct<RefreshAnswer>('Statecast.RefreshAnswer', {
  expired: optional(0, t.bool, false),
  expireAt: optional(1, t.long, 0),
  infoJson: optional(2, t.string),
});

/** What becomes of a message. */
export interface PublishAnswer {
  /** Is published instead of the message: JSON. Empty: the message as it is. */
  dataJson?: string;
  /** The message is not kept. */
  skipHistory?: boolean;
  tags?: Map<string, string>;
  /** A message with a key that was there in the last five minutes is not published again. */
  idempotencyKey?: string;
}

/** Encodes and decodes `PublishAnswer`. */
export const PublishAnswer = struct<PublishAnswer>('Statecast.PublishAnswer', {
  dataJson: optional(0, t.string),
  skipHistory: optional(1, t.bool, false),
  tags: optional(2, t.map(t.string, t.string)),
  idempotencyKey: optional(3, t.string),
});

/** The arguments of `Hooks.connect`. */
export interface HooksConnectArgs {
  client: Client;
  question: ConnectQuestion;
}

/** The result of `Hooks.connect`. */
export interface HooksConnectResult {
  ret: Decision;
  answer: ConnectAnswer;
  reason: Reason;
}

/** The arguments of `Hooks.refresh`. */
export interface HooksRefreshArgs {
  client: Client;
}

/** The result of `Hooks.refresh`. */
export interface HooksRefreshResult {
  ret: Decision;
  answer: RefreshAnswer;
  reason: Reason;
}

/** The arguments of `Hooks.subscribe`. */
export interface HooksSubscribeArgs {
  client: Client;
  channel: string;
  /** what the client has shown for the room, if the server cannot check it itself */
  token: string;
  /** what the client has added: JSON */
  dataJson: string;
}

/** The result of `Hooks.subscribe`. */
export interface HooksSubscribeResult {
  ret: Decision;
  answer: RoomAnswer;
  reason: Reason;
}

/** The arguments of `Hooks.publish`. */
export interface HooksPublishArgs {
  client: Client;
  channel: string;
  /** the message: JSON */
  dataJson: string;
}

/** The result of `Hooks.publish`. */
export interface HooksPublishResult {
  ret: Decision;
  answer: PublishAnswer;
  reason: Reason;
}

/** The arguments of `Hooks.rpc`. */
export interface HooksRpcArgs {
  client: Client;
  method: string;
  /** its argument: JSON */
  dataJson: string;
}

/** The result of `Hooks.rpc`. */
export interface HooksRpcResult {
  ret: Decision;
  /** the result: JSON */
  resultJson: string;
  reason: Reason;
}

/** The arguments of `Hooks.subRefresh`. */
export interface HooksSubRefreshArgs {
  client: Client;
  channel: string;
}

/** The result of `Hooks.subRefresh`. */
export interface HooksSubRefreshResult {
  ret: Decision;
  answer: RefreshAnswer;
  reason: Reason;
}

/** The functions of `Hooks` with the types of their parameters. */
export const HooksMethods = {
  connect: method<HooksConnectArgs, HooksConnectResult>(
    'Statecast.Hooks.connect',
    { client: required(1, Client), question: required(2, ConnectQuestion) },
    { ret: required(0, t.enum(Decision)), answer: required(3, ConnectAnswer), reason: required(4, Reason) },
  ),
  refresh: method<HooksRefreshArgs, HooksRefreshResult>(
    'Statecast.Hooks.refresh',
    { client: required(1, Client) },
    { ret: required(0, t.enum(Decision)), answer: required(2, RefreshAnswer), reason: required(3, Reason) },
  ),
  subscribe: method<HooksSubscribeArgs, HooksSubscribeResult>(
    'Statecast.Hooks.subscribe',
    {
      client: required(1, Client),
      channel: required(2, t.string),
      token: required(3, t.string),
      dataJson: required(4, t.string),
    },
    { ret: required(0, t.enum(Decision)), answer: required(5, RoomAnswer), reason: required(6, Reason) },
  ),
  publish: method<HooksPublishArgs, HooksPublishResult>(
    'Statecast.Hooks.publish',
    { client: required(1, Client), channel: required(2, t.string), dataJson: required(3, t.string) },
    { ret: required(0, t.enum(Decision)), answer: required(4, PublishAnswer), reason: required(5, Reason) },
  ),
  rpc: method<HooksRpcArgs, HooksRpcResult>(
    'Statecast.Hooks.rpc',
    { client: required(1, Client), method: required(2, t.string), dataJson: required(3, t.string) },
    { ret: required(0, t.enum(Decision)), resultJson: required(4, t.string), reason: required(5, Reason) },
  ),
  subRefresh: method<HooksSubRefreshArgs, HooksSubRefreshResult>(
    'Statecast.Hooks.subRefresh',
    { client: required(1, Client), channel: required(2, t.string) },
    { ret: required(0, t.enum(Decision)), answer: required(3, RefreshAnswer), reason: required(4, Reason) },
  ),
};

/** The servant that is asked. */
export interface HooksProxy {
  /** Who is this client? */
  connect(args: HooksConnectArgs, options?: CallOptions): Promise<Decoded<HooksConnectResult>>;
  /** May this client stay? */
  refresh(args: HooksRefreshArgs, options?: CallOptions): Promise<Decoded<HooksRefreshResult>>;
  /** May this client join the room? */
  subscribe(args: HooksSubscribeArgs, options?: CallOptions): Promise<Decoded<HooksSubscribeResult>>;
  /** May this be published? */
  publish(args: HooksPublishArgs, options?: CallOptions): Promise<Decoded<HooksPublishResult>>;
  /** Answers a call of a client. */
  rpc(args: HooksRpcArgs, options?: CallOptions): Promise<Decoded<HooksRpcResult>>;
  /** May this client stay in the room? */
  subRefresh(args: HooksSubRefreshArgs, options?: CallOptions): Promise<Decoded<HooksSubRefreshResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createHooksProxy(caller: Caller): HooksProxy {
  return createProxy(HooksMethods, caller);
}

/** The servant that is asked. */
export interface HooksServant {
  /** Who is this client? */
  connect(args: Decoded<HooksConnectArgs>, call: ServantCall): Promise<HooksConnectResult>;
  /** May this client stay? */
  refresh(args: Decoded<HooksRefreshArgs>, call: ServantCall): Promise<HooksRefreshResult>;
  /** May this client join the room? */
  subscribe(args: Decoded<HooksSubscribeArgs>, call: ServantCall): Promise<HooksSubscribeResult>;
  /** May this be published? */
  publish(args: Decoded<HooksPublishArgs>, call: ServantCall): Promise<HooksPublishResult>;
  /** Answers a call of a client. */
  rpc(args: Decoded<HooksRpcArgs>, call: ServantCall): Promise<HooksRpcResult>;
  /** May this client stay in the room? */
  subRefresh(args: Decoded<HooksSubRefreshArgs>, call: ServantCall): Promise<HooksSubRefreshResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createHooksAdapter(servant: HooksServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(HooksMethods, servant, options);
}
