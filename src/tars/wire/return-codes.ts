/** The return codes of the TARS platform that we answer or meet, with the numbers every TARS language uses. */

export const RETURN_CODES = {
  ok: 0,
  /** The servant failed, or could not read the arguments: other TARS languages answer one code for both. */
  failed: -1,
  /** The servant's result does not fit its type. */
  unencodable: -2,
  noSuchFunction: -3,
  noSuchServant: -4,
  queueTimeout: -6,
  overloaded: -9,
  /** Ours, never on the wire: the reply does not decode. */
  replyUndecodable: -11_000,
  /** Ours: the connection went away under the call. */
  connectionClosed: -12_001,
  /** Ours: no connection. */
  connectionFailed: -12_002,
  /** Ours: no reply in time. */
  timeout: -13_001,
} as const;
