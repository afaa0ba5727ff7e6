/** The names of the kinds of actors. */

import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';
import { escapeControls } from '../ui/escape-controls.ts';

export function singularOf(kind: MachineName): string {
  if (kind === 'redisLink') return 'Redis link';
  return kind === 'tarsProxy' ? 'TARS proxy' : kind;
}

export function pluralOf(kind: MachineName): string {
  if (kind === 'server') return kind;
  if (kind === 'delivery') return 'deliveries';
  return kind === 'tarsProxy' ? 'TARS proxies' : `${singularOf(kind)}s`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** An id as it is shown: those of connections have their first eight characters, which are nearly always unique. */
export function shortenId(id: string): string {
  return escapeControls(id).replaceAll(UUID, (found) => `${found.slice(0, 8)}…`);
}
