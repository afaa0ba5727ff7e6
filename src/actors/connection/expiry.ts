/** The times of tokens, as clients are told of them. */

import type { ConnectionContext } from './connection-events.ts';

/** How long a new token is waited for after the old one has expired, in milliseconds. */
export const GRACE_MS = 25_000;

/** The whole seconds until a date; undefined if there is none. A client is told at least one. */
export function ttlOf({ clock }: ConnectionContext, expiresAt: number | undefined): number | undefined {
  return expiresAt === undefined ? undefined : Math.max(1, Math.floor((expiresAt - clock.now()) / 1000));
}
