/** What the kinds of actors are called. */

import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

export function singularOf(kind: MachineName): string {
  return kind === 'tarsProxy' ? 'TARS proxy' : kind;
}

export function pluralOf(kind: MachineName): string {
  if (kind === 'server') return kind;
  return kind === 'tarsProxy' ? 'TARS proxies' : `${kind}s`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** An id short enough for a line: of a connection's the first eight letters, which tell it from nearly all others. */
export function shortenId(id: string): string {
  return id.replaceAll(UUID, (found) => `${found.slice(0, 8)}…`);
}
