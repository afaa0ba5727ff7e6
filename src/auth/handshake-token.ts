/** Finds the token in a handshake, for protocols that have no command for it. */

/** A sub-protocol with this before it is a token: a page of a browser can send no other header. */
const SUBPROTOCOL_PREFIX = 'token.';
const COOKIE = 'statecast_token';

/** The part of a handshake that may have a token. */
export interface TokenCarrier {
  /** Without the `?`. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The first of: `?token=`, `Authorization: Bearer`, a sub-protocol `token.…` (`Sec-WebSocket-Protocol`), and the cookie
 * `statecast_token`.
 */
export function readToken({ query, headers }: TokenCarrier): string | undefined {
  return (
    (new URLSearchParams(query).get('token') || undefined) ??
    /^bearer\s+(\S+)\s*$/i.exec(headers['authorization'] ?? '')?.[1] ??
    listOf(headers['sec-websocket-protocol'], ',')
      .find((name) => name.startsWith(SUBPROTOCOL_PREFIX))
      ?.slice(SUBPROTOCOL_PREFIX.length) ??
    listOf(headers['cookie'], ';')
      .find((pair) => pair.startsWith(`${COOKIE}=`))
      ?.slice(COOKIE.length + 1)
  );
}

function listOf(header: string | undefined, separator: string): string[] {
  return (header ?? '').split(separator).map((part) => part.trim());
}
