/** What the kinds of actors are called. */

import type { MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

const PLURALS: Readonly<Record<MachineName, string>> = {
  server: 'server',
  connection: 'connections',
  membership: 'memberships',
  room: 'rooms',
  moderation: 'moderations',
  tarsProxy: 'TARS proxies',
};

const SINGULARS: Readonly<Record<MachineName, string>> = {
  server: 'server',
  connection: 'connection',
  membership: 'membership',
  room: 'room',
  moderation: 'moderation',
  tarsProxy: 'TARS proxy',
};

export function pluralOf(kind: MachineName): string {
  return PLURALS[kind];
}

export function singularOf(kind: MachineName): string {
  return SINGULARS[kind];
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** An id short enough for a line: of a connection's the first eight letters, which tell it from nearly all others. */
export function shortenId(id: string): string {
  return id.replaceAll(UUID, (found) => `${found.slice(0, 8)}…`);
}
