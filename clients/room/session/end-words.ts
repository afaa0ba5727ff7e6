/** Why a connection with the Centrifuge protocol ended for good, where the visitor can do something about it. */

import type { ConnectionState } from '../../chat/session/session-states.ts';
import { writeRoomAddress } from '../../shared/room-address.ts';

/** The server's code for a token that it does not take, and the SDK's for one that has expired. */
const TOKEN_CODES: ReadonlySet<number> = new Set([3500, 109, 1]);
/** The SDK's code for a socket that was closed with 1009. */
const TOO_LONG = 3;

/** @param hasToken whether the page sent a token */
export function describeEnd(
  connection: ConnectionState,
  room: string,
  hasToken: boolean,
): string | undefined {
  if (connection.name !== 'closed' || connection.closure === undefined) return undefined;
  if (connection.closure.code === TOO_LONG) {
    return 'A message is longer than the server takes, so it closed the connection. Discard the message and connect again.';
  }
  if (!TOKEN_CODES.has(connection.closure.code)) return undefined;
  const remedy = `Open ${writeRoomAddress(room)}#token=… with one that “statecast token” prints.`;
  return hasToken
    ? `The server does not take the token of this page: it is wrong or has expired. ${remedy}`
    : `This server takes nobody without a token. ${remedy}`;
}
