/** How a server of servants tells its errors. */

export interface ErrorOrigin {
  /** The client's address. */
  readonly remoteAddress?: string;
  /** The object and the function, if the error is of a call. */
  readonly servant?: string;
  readonly func?: string;
}

export type OnServerError = (error: unknown, origin: ErrorOrigin) => void;
