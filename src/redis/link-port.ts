/** One server of Redis, as its machine (actors/redis/redis-link.ts) drives it. */

export interface RedisLinkPort {
  /** Where the server is, without user and password, for people. */
  readonly address: string;
  /**
   * Connects, and prepares all that is needed before the server is used. It is not used yet.
   * @param heard Called with each probe that has come back.
   * @param lost Called once, when a connection has ended by itself.
   * @throws an error that says why it cannot be used. Nothing is open then.
   */
  open(heard: () => void, lost: (error: Error) => void): Promise<void>;
  /** From now on calls go to it. */
  use(): void;
  /** Sends a message to itself, over both connections. */
  probe(): void;
  /** Whether anything has come on both connections since the last probe was sent. */
  readonly isAlive: boolean;
  /** Ends the connections at once. Calls under way fail. */
  close(): void;
}
