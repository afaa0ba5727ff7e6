/** The page's address: which actor or chart it shows, as the hash of its URL. It knows no browser. */

import type { ActorAddress, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

/** What is shown of an actor, besides its chart. */
export type ActorView = 'members' | 'history';

/** What the middle of the page shows. */
export type Place =
  | { readonly type: 'overview' }
  /** The chart of a machine, whether or not an actor runs it. */
  | { readonly type: 'machine'; readonly kind: MachineName }
  | { readonly type: 'actor'; readonly actor: ActorAddress; readonly view?: ActorView };

/** All machines, in the order in which the page lists them: from the process to a single message. */
export const MACHINE_NAMES = [
  'server',
  'connection',
  'membership',
  'room',
  'moderation',
  'tarsProxy',
] as const satisfies readonly MachineName[];

/** Reads a hash such as `#/room/room1` or `#/room/room1/members`; whatever it cannot read is the overview. */
export function parseHash(hash: string): Place {
  const [kind, encodedId = '', view] = hash.replace(/^#?\/?/, '').split('/');
  if (!isMachineName(kind)) return { type: 'overview' };
  const id = decode(encodedId);
  if (id === undefined || id === '') return { type: 'machine', kind };
  return { type: 'actor', actor: { kind, id }, ...(isActorView(view) && { view }) };
}

/** Writes the hash that `parseHash` reads. */
export function toHash(place: Place): string {
  if (place.type === 'overview') return '#/';
  return place.type === 'machine' ? `#/${place.kind}` : hashOf(place.actor, place.view);
}

/** The hash of an actor. */
export function hashOf({ kind, id }: ActorAddress, view?: ActorView): string {
  return `#/${kind}/${encodeURIComponent(id)}${view === undefined ? '' : `/${view}`}`;
}

/** An actor as one text, to compare and to look up by. */
export function keyOf({ kind, id }: ActorAddress): string {
  return `${kind}/${id}`;
}

export function isMachineName(name: string | undefined): name is MachineName {
  return MACHINE_NAMES.some((known) => known === name);
}

/** Whether something names what is shown of an actor besides its chart. */
export function isActorView(name: string | undefined): name is ActorView {
  return name === 'members' || name === 'history';
}

/** A hash that somebody typed may be no valid encoding. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
