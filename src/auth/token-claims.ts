/** What tokens say, as types: of a connection, and of a membership in one room. The claims are Centrifugo's. */

import type { Override } from '../protocol/override.ts';
import type { Json } from '../protocol/command.ts';

export interface ConnectionClaims {
  /** `sub`; an empty text is an anonymous user, also if the token has no `sub`. */
  readonly user: string;
  /** When the connection expires, in milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number;
  /** What other members see of the connection. */
  readonly info?: Json;
  /** What only the server sees. */
  readonly meta?: Json;
  /** The rooms that the server joins the connection to, by name: those of `channels` and of `subs`. */
  readonly rooms: Readonly<Record<string, TokenRoom>>;
  /** `jti` */
  readonly id?: string;
  /** `iat`, in milliseconds since 1970. */
  readonly issuedAt?: number;
}

/** What a token says of one of its rooms. */
export interface TokenRoom {
  /** What other members see of this membership. */
  readonly info?: Json;
  /** What the client gets in the answer to its join. */
  readonly data?: Json;
  /** What holds for the member in place of the room's settings. */
  readonly override?: Override;
}

export interface SubscriptionClaims extends TokenRoom {
  /** `sub`; an empty text is an anonymous user. The token is for connections of this user only. */
  readonly user: string;
  /** `channel`: the one room that the token is for. */
  readonly room: string;
  /** The one connection that the token is for. Absent: any of the user. */
  readonly client?: string;
  /** When the membership expires, in milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number;
  /** `jti` */
  readonly id?: string;
  /** `iat`, in milliseconds since 1970. */
  readonly issuedAt?: number;
}
