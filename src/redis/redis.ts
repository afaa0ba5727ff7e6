/** Redis as the parts of a server use it. Which server of Redis a call goes to, and whether it is there, is decided behind it. */

/** What Redis answers: of a script or a command. */
export type RedisReply = string | number | boolean | null | readonly RedisReply[];

/** A script, which Redis runs as a whole. All its keys are of one room, or of none. */
export interface RedisScript {
  /** For messages and for tests. */
  readonly name: string;
  /** In Lua. */
  readonly text: string;
}

export interface Redis {
  /**
   * Runs a script. `keys` decide which server runs it; there is at least one. Calls for one key take effect in their order
   * as long as none of them fails.
   * @throws {RedisDownError} (as a rejection) when it was certainly not run.
   * @throws {RedisLostError} when it may have been run: repeat it only where that does no harm.
   * @throws {Error} with the message of Redis, when Redis refuses it.
   */
  run(script: RedisScript, keys: readonly string[], args: readonly string[]): Promise<RedisReply>;
  /** Runs a command. `key` decides which server runs it, and is one of the words. It fails as `run` does. */
  command(key: string, words: readonly string[]): Promise<RedisReply>;
  /** Sends a message to all who have subscribed to the channel. It fails as `run` does. */
  publish(channel: string, message: string): Promise<void>;
  /**
   * From when this resolves, the listener is told of each message. It stays subscribed when the connection is made anew.
   * Subscribing a second time to the same channel replaces the listener. When it fails, as `run` does, it is not subscribed.
   */
  subscribe(channel: string, listener: (message: string) => void): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  /**
   * Tells when a server of Redis can be used, and all its channels are subscribed (again): messages may have been missed.
   * It is told the first time too. Returns what ends it.
   */
  onRestored(listener: (restored: Restored) => void): () => void;
  /** Whether channels are those of a cluster: scripts then publish with `SPUBLISH` in place of `PUBLISH`. */
  readonly isSharded: boolean;
  /** Whether all servers of Redis can be used now. */
  readonly isReady: boolean;
  close(): Promise<void>;
}

export interface Restored {
  /** Whether messages of this channel may have been missed, and whether keys with this tag were not to be reached. */
  affects(channelOrKey: string): boolean;
  /** Whether the server has lost all that it had when it could be used last. Absent: no, or it is not known. */
  readonly isEmptied?: boolean;
}

/** Redis cannot be reached: the call was certainly not done, and may be made again. */
export class RedisDownError extends Error {
  override readonly name = 'RedisDownError';
}

/** The connection was lost after the call was sent: it may have been done. */
export class RedisLostError extends Error {
  override readonly name = 'RedisLostError';
}
