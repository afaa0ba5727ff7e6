/** What a connection does about what is not believed any more; when it does so is the chart's (connection.ts). */

import type { RevokedClose } from '../room/rules/revocation-check.ts';
import type { Identity } from './authenticator.ts';
import type { ConnectionContext } from './connection-events.ts';
import { closeSocket, type ActingArgs } from './refusing.ts';

/** Why the client is not believed, or nothing. */
export function findRevocation(
  { revocations, member }: ConnectionContext,
  { user = member.user, token }: Identity,
): RevokedClose | undefined {
  return revocations.check(user, token);
}

/** Closes the connection of a client that is not believed. */
export function closeRevoked(
  args: ActingArgs,
  { identity = {} }: { readonly identity: Identity | undefined },
): void {
  closeSocket(args, 'closeRevoked', findRevocation(args.context, identity) ?? 'permissionDenied');
}
