/** What is said of a token that was verified, as types. They need no types of Node.js. */

import type { ConnectionClaims, SubscriptionClaims } from './token-claims.ts';

export interface TokenVerifier {
  verifyConnection(token: string): Promise<TokenOutcome<ConnectionClaims>>;
  verifySubscription(token: string): Promise<TokenOutcome<SubscriptionClaims>>;
}

export type TokenOutcome<Claims> =
  | { readonly type: 'valid'; readonly claims: Claims }
  /** All is right but the time: its `exp`, or the `expire_at` of what it is for, is over. */
  | { readonly type: 'expired' }
  /** `reason` is for the log, never for the client. It has nothing of the token. */
  | { readonly type: 'invalid'; readonly reason: string }
  /** The token could not be judged, because its keys could not be fetched. Later it may be. */
  | { readonly type: 'unavailable'; readonly error: unknown };
