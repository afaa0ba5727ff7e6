/** The interface between the proxy actor of a servant and its sockets: sends requests, receives replies. */

/** Why a servant cannot be reached, or a connection to it ended. */
export type LinkFailure =
  /** Nothing listens at the endpoint. */
  | 'refused'
  /** The endpoint's host has no address, or no route leads to it. */
  | 'noRoute'
  /** The registry that knows the endpoints cannot be reached, or does not answer. */
  | 'registryUnreachable'
  /** The registry answered with an error. */
  | 'registryFailed'
  /** The registry knows no endpoint of the servant. */
  | 'noEndpoint'
  /** The connection was closed by the other end, or broke. */
  | 'connectionLost'
  /** Bytes were received that are no reply, and the connection was dropped. */
  | 'undecodable'
  /** The connection was not established in time. */
  | 'timedOut';

export interface LinkErrorOptions extends ErrorOptions {
  /** The connection was dropped because nothing came from the other end. Default false. */
  readonly isSilence?: boolean;
}

export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkFailure;
  readonly isSilence: boolean;
  constructor(code: LinkFailure, message: string, options: LinkErrorOptions = {}) {
    super(message, options);
    this.code = code;
    this.isSilence = options.isSilence ?? false;
  }
}

/** Where a servant is. */
export interface EndpointAddress {
  readonly host: string;
  readonly port: number;
}

/** Whether an endpoint gets calls: all, none, or one that tries whether it answers again. */
export type EndpointCircuit = 'closed' | 'open' | 'halfOpen';

export interface EndpointState extends EndpointAddress {
  readonly isConnected: boolean;
  readonly circuit: EndpointCircuit;
  /** How many calls in a row had no reply. */
  readonly failures: number;
}

export interface LinkRequest {
  /** Chosen by the caller; unique among the calls in flight on this link. An int32 above 0. */
  readonly requestId: number;
  readonly func: string;
  /** The arguments as TARS fields; `send` copies or sends them before it returns. */
  readonly body: Uint8Array;
  /** How long the caller waits, in milliseconds; it is sent to the servant. */
  readonly timeoutMs: number;
  readonly context?: ReadonlyMap<string, string> | undefined;
  /** Calls with the same key go to the same endpoint, as long as it is connected and answers. */
  readonly routeKey?: string | undefined;
  /** The endpoint of an earlier attempt: it gets this one only if there is no other. */
  readonly avoid?: EndpointAddress | undefined;
  /** There is no reply. */
  readonly oneWay?: boolean | undefined;
}

export interface LinkReply {
  readonly requestId: number;
  /** The servant's return code; 0 is success. */
  readonly ret: number;
  /** The result as TARS fields; the receiver may keep it. */
  readonly body: Uint8Array;
  /** The endpoint that answered. */
  readonly endpoint?: EndpointAddress;
  /** The servant's text for an error: for the log only. */
  readonly description?: string;
}

/** The callbacks of a link. They are never called from within one of its methods. */
export interface LinkListener {
  reply(reply: LinkReply): void;
  /** A connection ended; these requests were sent on it and have no reply. */
  lost(requestIds: readonly number[], error: LinkError, endpoint?: EndpointAddress): void;
  /** The last connection ended: call `open` again. */
  closed(): void;
  /** A request was not sent although there was a connection: now it can be sent. */
  writable?(): void;
  /** The circuit of an endpoint has changed. */
  endpoint?(endpoint: EndpointAddress, circuit: EndpointCircuit): void;
}

export interface ServantLink {
  /**
   * Connects to the servant's endpoints; resolves when one of them is connected, while the others follow. Calling it
   * while the link is connecting or open returns the same promise.
   * @throws {LinkError} when none can be connected: the failure of the first endpoint, or of the registry.
   */
  open(): Promise<void>;
  /**
   * False when the request was not sent, because there is no connection or all have too much unsent data; in the second
   * case `writable` follows.
   */
  send(request: LinkRequest): boolean;
  /** The caller does not wait for a request any more. Several of these in a row detect a half-open connection, which is dropped. */
  timedOut(requestId: number): void;
  /** The caller does not wait for a request any more, for reasons that say nothing about the endpoint. */
  forget?(requestId: number): void;
  /** The endpoint of a request that is not answered yet, if it is known. */
  endpointOf?(requestId: number): EndpointAddress | undefined;
  /** All endpoints that are known now. Without this function nothing is known of them. */
  endpoints?(): readonly EndpointState[];
  /** Drops all connections without calling the listener. */
  close(): void;
}

/** Makes the link of a servant; it connects when `open` is called. */
export type CreateServantLink = (object: string, listener: LinkListener) => ServantLink;
