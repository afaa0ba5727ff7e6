/** Whether what a client has proven is still believed. Who keeps what is not believed is the server's. */

import type { CloseName } from '../../../protocol/close-codes.ts';

/** What is known of a token besides what it says of its user. */
export interface TokenMark {
  /** Its claim `jti`. */
  readonly id?: string | undefined;
  /** When it was made, in milliseconds since 1970. */
  readonly issuedAt?: number | undefined;
}

/** How a connection is closed whose proof is not believed any more; `internal`: not known yet, the client may come back. */
export type RevokedClose = Extract<CloseName, 'invalidToken' | 'permissionDenied' | 'internal'>;

export interface RevocationCheck {
  /**
   * Why a user is not believed, or nothing.
   * @param token The token that says who the user is; absent if another proof does, or none is asked for.
   */
  check(user: string | undefined, token: TokenMark | undefined): RevokedClose | undefined;
}
