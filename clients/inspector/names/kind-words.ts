/** The names of the kinds of actors. */

import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

export function singularOf(kind: MachineName): string {
  return kind === 'tarsProxy' ? 'TARS proxy' : kind;
}

export function pluralOf(kind: MachineName): string {
  if (kind === 'server') return kind;
  if (kind === 'delivery') return 'deliveries';
  return kind === 'tarsProxy' ? 'TARS proxies' : `${kind}s`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Shortens the ids of connections to their first eight characters, which are nearly always unique. */
export function shortenId(id: string): string {
  return id.replaceAll(UUID, (found) => `${found.slice(0, 8)}…`);
}
