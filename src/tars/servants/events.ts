/**
 * Generated from events.tars by statecast tars2ts; do not edit.
 *
 * What a Statecast server tells a backend after something has happened: write a servant with this interface, in any TARS
 * language, and name it in the settings `webhooks`. Texts named `json` hold a JSON value; an empty one holds none.
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

/**
 * Something that has happened. docs/webhooks.md tells which types have which fields; the others are left out.
 */
export interface Event {
  /** The same when the event comes again. */
  id: string;
  /** Such as member.joined. */
  type: string;
  /** In milliseconds since 1970. */
  time: number;
  /** The room. */
  channel?: string;
  /** The id of the connection. */
  client?: string;
  /** Empty for an anonymous client. */
  user?: string;
  /** What others may know of the client: JSON. */
  infoJson?: string;
  /** The message: JSON. */
  dataJson?: string;
  /** The position of the message in its room. */
  offset?: number;
  epoch?: string;
  /** Why a member has left, or a connection is closed. */
  reason?: string;
  /** The close code of a connection. */
  code?: number;
  remoteAddress?: string;
  /** The call that failed. */
  method?: string;
  /** How it failed, such as timedOut. */
  failure?: string;
  /** The same in words. */
  message?: string;
  /** The W3C traceparent of the call. */
  trace?: string;
  /** False: the run before this one has crashed. */
  clean?: boolean;
  /** The machine, and the state that it has entered. */
  machine?: string;
  state?: string;
  /** The servant of which the machine is the proxy. */
  servant?: string;
}

/** Encodes and decodes `Event`. */
export const Event = struct<Event>('Statecast.Event', {
  id: required(0, t.string),
  type: required(1, t.string),
  time: required(2, t.long),
  channel: optional(3, t.string),
  client: optional(4, t.string),
  user: optional(5, t.string),
  infoJson: optional(6, t.string),
  dataJson: optional(7, t.string),
  offset: optional(8, t.long, 0),
  epoch: optional(9, t.string),
  reason: optional(10, t.string),
  code: optional(11, t.int, 0),
  remoteAddress: optional(12, t.string),
  method: optional(13, t.string),
  failure: optional(14, t.string),
  message: optional(15, t.string),
  trace: optional(16, t.string),
  clean: optional(17, t.bool, true),
  machine: optional(18, t.string),
  state: optional(19, t.string),
  servant: optional(20, t.string),
});

/** The arguments of `Events.tell`. */
export interface EventsTellArgs {
  /** the same when the same events come again */
  id: string;
  events: Event[];
}

/** The result of `Events.tell`. */
export interface EventsTellResult {
  /** 0: they are taken. Anything else, and an exception: they are not, and come again */
  ret: number;
}

/** The functions of `Events` with the types of their parameters. */
export const EventsMethods = {
  tell: method<EventsTellArgs, EventsTellResult>(
    'Statecast.Events.tell',
    { id: required(1, t.string), events: required(2, t.vector(Event)) },
    { ret: required(0, t.int) },
  ),
};

/** The servant that is told. */
export interface EventsProxy {
  /** Takes events, in the order in which they happened. The next ones wait for the answer. */
  tell(args: EventsTellArgs, options?: CallOptions): Promise<Decoded<EventsTellResult>>;
}

/** Makes a proxy that calls through `caller`. Calls reject with `TarsCallError` or `TarsEncodeError`. */
export function createEventsProxy(caller: Caller): EventsProxy {
  return createProxy(EventsMethods, caller);
}

/** The servant that is told. */
export interface EventsServant {
  /** Takes events, in the order in which they happened. The next ones wait for the answer. */
  tell(args: Decoded<EventsTellArgs>, call: ServantCall): Promise<EventsTellResult>;
}

/** Makes the adapter that answers requests by calling the servant; `options.failed` gets its errors. */
export function createEventsAdapter(servant: EventsServant, options?: AdapterOptions): ServantAdapter {
  return createServantAdapter(EventsMethods, servant, options);
}
