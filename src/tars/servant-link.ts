/** How calls travel to a servant and replies come back: the interface between the proxy actor and its sockets. */

/** Why a servant cannot be reached, or a connection to it ended. */
export type LinkFailure =
  /** Nothing listens at the endpoint. */
  | 'refused'
  /** The endpoint's host has no address, or there is no way to it. */
  | 'noRoute'
  /** The registry that knows the endpoints cannot be reached, or does not answer. */
  | 'registryUnreachable'
  /** The registry knows no endpoint of the servant. */
  | 'noEndpoint'
  /** The connection was closed by the other end, or broke. */
  | 'connectionLost'
  /** What came cannot be a reply: the connection was dropped. */
  | 'undecodable'
  /** The connection was not made in time. */
  | 'timedOut';

export class LinkError extends Error {
  override readonly name = 'LinkError';
  readonly code: LinkFailure;
  constructor(code: LinkFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface LinkRequest {
  /** Chosen by the caller; unique among the calls in flight on this link. An int32 above 0. */
  readonly requestId: number;
  readonly func: string;
  /** The arguments as TARS fields; it may share memory, and is copied or sent before `send` returns. */
  readonly body: Uint8Array;
  /** How long the caller waits, in milliseconds: told to the servant. */
  readonly timeoutMs: number;
  readonly context?: ReadonlyMap<string, string> | undefined;
  /** Calls with one key go to one endpoint, as long as it lives. */
  readonly routeKey?: string | undefined;
  /** No reply will come. */
  readonly oneWay?: boolean | undefined;
}

export interface LinkReply {
  readonly requestId: number;
  /** The servant's return code; 0 is success. */
  readonly ret: number;
  /** The result as TARS fields; the holder may keep it. */
  readonly body: Uint8Array;
  /** Who answered. */
  readonly endpoint?: { readonly host: string; readonly port: number };
  /** The servant's own words on an error: for the log only. */
  readonly description?: string;
}

/** What a link tells; never from within a call of the link's own methods. */
export interface LinkListener {
  reply(reply: LinkReply): void;
  /** A connection ended; these requests were sent on it and have no reply. */
  lost(requestIds: readonly number[], error: LinkError): void;
  /** The last connection ended: `open` has to be called again. */
  closed(): void;
  /** After a request that was not sent although there was a connection: there is room for it now. */
  writable?(): void;
}

export interface ServantLink {
  /**
   * Connects to the servant's endpoints; resolves when one of them is connected, the others follow. Calling
   * it while it is connecting or open gives the same result.
   * @throws {LinkError} when none can be connected: the failure of the first endpoint, or the registry's.
   */
  open(): Promise<void>;
  /**
   * False when no connection takes the request now, and it was not sent: there is none, or they have too much unsent,
   * of which `writable` tells the end.
   */
  send(request: LinkRequest): boolean;
  /** The caller has given up on a request: enough of these, with nothing heard meanwhile, drop a connection that is half open. */
  timedOut(requestId: number): void;
  /** Drops all connections, without a word to the listener. */
  close(): void;
}

/** Makes the link of a servant; it connects when `open` is called. */
export type CreateServantLink = (object: string, listener: LinkListener) => ServantLink;
