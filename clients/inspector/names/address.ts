/** The address of a view: which actor or chart is shown, as the hash of the URL. */

import type { StatePath } from '../../../src/inspect/chart/chart.ts';
import type { ActorAddress, MachineName, ProblemView } from '../../../src/inspect/feed/feed-protocol.ts';

/** The views of an actor besides its chart. */
export type ActorView = (typeof VIEWS)[number];

const VIEWS = ['members', 'messages', 'rules', 'history'] as const;

/** What the middle pane shows. */
export type Place =
  | { readonly type: 'overview' }
  /** The table of all rooms. */
  | { readonly type: 'rooms' }
  | ({ readonly type: 'problems' } & ProblemFilter)
  /** The chart of a machine, also without a running actor. `state` is the one that is selected. */
  | { readonly type: 'machine'; readonly kind: MachineName; readonly state?: StatePath }
  | {
      readonly type: 'actor';
      readonly actor: ActorAddress;
      readonly view?: ActorView;
      readonly state?: StatePath;
    };

/** Which problems are shown. Absent: all. */
export interface ProblemFilter {
  readonly kind?: ProblemView['kind'];
  readonly search?: string;
}

/** All kinds of problems, in the order in which the page offers them. */
export const PROBLEM_KINDS = [
  'refused',
  'dropped',
  'closed',
  'failed',
  'restarted',
  'circuit',
  'stuck',
] as const satisfies readonly ProblemView['kind'][];

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

/**
 * Reads a hash such as `#/room/room1`, `#/room/room1/members`, `#/room?state=active.broadcast` or
 * `#/problems?kind=failed`; any other hash is the overview.
 */
export function parseHash(hash: string): Place {
  const [path = '', query] = hash.split('?');
  const asked = new URLSearchParams(query);
  const [kind, encodedId = '', view] = path.replace(/^#?\/?/, '').split('/');
  if (kind === 'rooms') return { type: 'rooms' };
  if (kind === 'problems') return { type: 'problems', ...readFilter(asked) };
  if (!isMachineName(kind)) return { type: 'overview' };
  const id = decode(encodedId);
  const state = asked.get('state') ?? undefined;
  const selected = state !== undefined && { state };
  if (id === undefined || id === '') return { type: 'machine', kind, ...selected };
  return { type: 'actor', actor: { kind, id }, ...(isActorView(view) && { view }), ...selected };
}

/** Writes the hash that `parseHash` reads. */
export function toHash(place: Place): string {
  switch (place.type) {
    case 'overview':
      return '#/';
    case 'rooms':
      return '#/rooms';
    case 'problems':
      return `#/problems${toQuery({ kind: place.kind, search: place.search })}`;
    case 'machine':
      return `#/${place.kind}${toQuery({ state: place.state })}`;
    case 'actor':
      return hashOf(place.actor, place.view) + toQuery({ state: place.state });
  }
}

function toQuery(fields: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

function readFilter(asked: URLSearchParams): ProblemFilter {
  const kind = PROBLEM_KINDS.find((known) => known === asked.get('kind'));
  const search = asked.get('search') ?? '';
  return { ...(kind !== undefined && { kind }), ...(search !== '' && { search }) };
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
