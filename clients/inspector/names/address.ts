/** The address of a view: which actor or chart is shown, as the hash of the URL. */

import type { ActorAddress, MachineName } from '../../../src/inspect/feed/feed-protocol.ts';

/** The views of an actor besides its chart. */
export type ActorView = (typeof VIEWS)[number];

const VIEWS = ['members', 'messages', 'rules', 'history'] as const;

/** What the middle pane shows. */
export type Place =
  | { readonly type: 'overview' }
  /** The table of all rooms. */
  | { readonly type: 'rooms' }
  /** The chart of a machine, also without a running actor. */
  | { readonly type: 'machine'; readonly kind: MachineName }
  | { readonly type: 'actor'; readonly actor: ActorAddress; readonly view?: ActorView };

/** All machines, in the order in which the page lists them: from the process to a single message. */
export const MACHINE_NAMES = [
  'server',
  'connection',
  'membership',
  'room',
  'moderation',
  'question',
  'backend',
  'tarsProxy',
  'delivery',
  'redisLink',
] as const satisfies readonly MachineName[];

/** Reads a hash such as `#/room/room1` or `#/room/room1/members`; any other hash is the overview. */
export function parseHash(hash: string): Place {
  const [kind, encodedId = '', view] = hash.replace(/^#?\/?/, '').split('/');
  if (kind === 'rooms') return { type: 'rooms' };
  if (!isMachineName(kind)) return { type: 'overview' };
  const id = decode(encodedId);
  if (id === undefined || id === '') return { type: 'machine', kind };
  return { type: 'actor', actor: { kind, id }, ...(isActorView(view) && { view }) };
}

/** Writes the hash that `parseHash` reads. */
export function toHash(place: Place): string {
  if (place.type === 'overview') return '#/';
  if (place.type === 'rooms') return '#/rooms';
  return place.type === 'machine' ? `#/${place.kind}` : hashOf(place.actor, place.view);
}

/** The hash of an actor. */
export function hashOf({ kind, id }: ActorAddress, view?: ActorView): string {
  return `#/${kind}/${encodeURIComponent(id)}${view === undefined ? '' : `/${view}`}`;
}

/** An actor as one text, for comparing and for maps. */
export function keyOf({ kind, id }: ActorAddress): string {
  return `${kind}/${id}`;
}

export function isMachineName(name: string | undefined): name is MachineName {
  return MACHINE_NAMES.some((known) => known === name);
}

/** Whether a name is one of the views besides the chart. */
export function isActorView(name: string | undefined): name is ActorView {
  return VIEWS.some((view) => view === name);
}

/** A hash that was typed by hand can have an invalid encoding. */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
