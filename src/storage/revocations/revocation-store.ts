/** The interface of a store for revocations: what is no longer believed. Check your own with `statecast/testing`. */

/** One token, or the user whose tokens and names are not believed any more. */
export type Revoked = { readonly token: string } | { readonly user: string };

/** What is not believed any more, and how long. Times are in milliseconds since 1970. */
export type Revocation = RevokedToken | RevokedUser;

export interface RevokedToken {
  /** The id of the token: its claim `jti`. */
  readonly token: string;
  readonly until: number;
}

export interface RevokedUser {
  readonly user: string;
  /** Tokens that were made at this time or later are believed. Absent: none is. */
  readonly issuedBefore?: number;
  /** Absent: until it is lifted. */
  readonly until?: number;
}

/** A revocation takes the place of an earlier one of the same token or user. */
export type RevocationChange =
  | { readonly type: 'add'; readonly revocation: Revocation }
  | { readonly type: 'lift'; readonly what: Revoked };

/** Keeps revocations across restarts. The server makes one call at a time. */
export interface RevocationStore {
  /**
   * Reads what is kept, once, when the server starts. A server whose revocations cannot be read does not start: reject with
   * an error that says what to do. What is over need not be returned.
   */
  load(): Promise<readonly Revocation[]>;
  /**
   * Makes changes in order, and resolves when they will survive a crash. Making them twice has the same result as once. A
   * rejected promise means "try again later": the server holds to the changes meanwhile.
   */
  write(changes: readonly RevocationChange[]): Promise<void>;
  /** Lets go of what it has open. */
  close(): Promise<void>;
  /**
   * Set it where the store may be out of reach for a while, or is written by others too: it tells when it is there again.
   * Then `load` may fail at the start: the server starts, lets nobody in who shows a token or a user, and loads again a
   * second later and each time it is told. `isEmptied`: it has lost all that it had. Returns what ends it.
   */
  onRestored?(listener: (isEmptied?: boolean) => void): () => void;
}

/** A text that differs for each token and each user. */
export function keyOf(what: Revoked): string {
  return 'token' in what ? `token ${what.token}` : `user ${what.user}`;
}

export function applyRevocation(kept: Map<string, Revocation>, change: RevocationChange): void {
  if (change.type === 'lift') kept.delete(keyOf(change.what));
  else kept.set(keyOf(change.revocation), change.revocation);
}
