/** The return codes of TARS that are used here. All TARS languages have the same numbers. */

export const RETURN_CODES = {
  ok: 0,
  /** The servant failed, or the arguments do not decode: other TARS languages use one code for both. */
  failed: -1,
  /** The servant's result does not fit its type. */
  unencodable: -2,
  noSuchFunction: -3,
  noSuchServant: -4,
  queueTimeout: -6,
  overloaded: -9,
  /** Local, never on the wire: the reply does not decode. */
  replyUndecodable: -11_000,
  /** Local: the connection ended during the call. */
  connectionClosed: -12_001,
  /** Local: no connection. */
  connectionFailed: -12_002,
  /** Local: no reply in time. */
  timeout: -13_001,
} as const;
