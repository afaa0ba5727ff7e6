/** What a connection does about what is not believed any more; when it does so is the chart's (connection.ts). */

import type { RevokedClose } from '../room/rules/revocation-check.ts';
import type { Identity } from './authenticator.ts';
import type { ConnectionArgs, ConnectionContext } from './connection-events.ts';

/** Why the client is not believed, or nothing. */
export function findRevocation(
  { revocations, member }: ConnectionContext,
  { user = member.user, token }: Identity,
): RevokedClose | undefined {
  return revocations.check(user, token);
}

/** Closes the connection of a client that is not believed. */
export function closeRevoked(
  { context }: ConnectionArgs,
  { identity = {} }: { readonly identity: Identity | undefined },
): void {
  const close = findRevocation(context, identity) ?? 'permissionDenied';
  context.closedWith = close;
  context.port.close(close);
}
