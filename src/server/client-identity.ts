/** What the user's function `authenticate` is told of a client, and what it answers. It has no code. */

import type { JoinRefusal } from '../actors/room/room-options.ts';
import type { ConnectionClaims } from '../auth/token-claims.ts';
import type { Json } from '../protocol/command.ts';

/** What `authenticate` is told of a client. */
export interface ClientRequest {
  /** From the command `connect`; on the line protocol from the handshake: see `docs/access.md`. */
  readonly token?: string;
  /** What the token says, if the settings `auth` have a key; the token is valid then. */
  readonly claims?: ConnectionClaims;
  /** What the client has added to `connect`. */
  readonly data?: Json;
  /** The query of the handshake. */
  readonly query: URLSearchParams;
  /** The headers of the handshake, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the client has named in `connect`. Nothing vouches for them. */
  readonly claimedHeaders: Readonly<Record<string, string>>;
  /** The name and version of the client's program, as it has named them. */
  readonly name?: string;
  readonly version?: string;
  /** The IP address of the client, or of the proxy before it. */
  readonly address: string;
  /** The name of the protocol: `line`, `centrifuge`, or that of a codec of your own. */
  readonly protocol: string;
  /** Aborted when the answer is late. */
  readonly signal: AbortSignal;
}

/** What `authenticate` answers. What is left out is taken from the token, if there is one. */
export interface ClientIdentity<MemberData = unknown> {
  /** Absent: the client is anonymous. */
  readonly user?: string;
  /** For other clients: they get it with presence, joins, leaves and publications. */
  readonly info?: Json;
  /** For your handlers, as `member.data`. It is never sent. */
  readonly data?: MemberData;
  /** For the client itself, with the answer to `connect`. */
  readonly answer?: Json;
  /** When this ends: a date, or milliseconds since 1970. Default: never. */
  readonly expiresAt?: Date | number;
  /** Rooms to which the server joins the client: names, or what is said of the client in each room. */
  readonly rooms?:
    | readonly string[]
    | Readonly<Record<string, { readonly info?: Json; readonly data?: Json }>>;
}

export type Authenticate<MemberData = unknown> = (
  client: ClientRequest,
) =>
  | ClientIdentity<MemberData>
  | JoinRefusal
  | void
  | Promise<ClientIdentity<MemberData> | JoinRefusal | void>;
