/** The members of a room by their states, as counts and as a bounded number of tiles. */

import type { ActorSummary } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { Look } from '../names/shapes.tsx';
import { isAlive, type ActorMoment } from '../watch/moments.ts';

/** Tiles that are drawn of one state; the others are counted. */
export const MOST_TILES = 240;
const MOST_AWAY = 100;

export interface MemberTile {
  /** Of the membership; of a user who is away, the user. */
  readonly id: string;
  /** A user who is away has none. */
  readonly connection?: string;
  readonly user?: string;
  readonly isResting: boolean;
}

export interface MemberGroup {
  /** The state's path, or `failed`. */
  readonly state: string;
  readonly look: Look;
  readonly count: number;
  readonly tiles: readonly MemberTile[];
}

/** Groups in the order in which a membership passes its states. */
const LOOKS: readonly (readonly [string, Look])[] = [
  ['requesting', { tone: 'warn', shape: 'triangle' }],
  ['joined', { tone: 'good', shape: 'disc' }],
  ['leaving', { tone: 'info', shape: 'diamond' }],
  ['left', { tone: 'info', shape: 'ring' }],
  ['withdrawing', { tone: 'info', shape: 'square' }],
  ['withdrawn', { tone: 'quiet', shape: 'square' }],
  ['refused', { tone: 'bad', shape: 'square' }],
  ['failed', { tone: 'bad', shape: 'cross' }],
  ['gone', { tone: 'quiet', shape: 'cross' }],
];
const OTHER_LOOK: Look = { tone: 'quiet', shape: 'ring' };

/** The members that the server sends: not all of them, when there are many. */
export interface MembersTold {
  readonly room: string;
  readonly members: readonly ActorSummary[];
  /** Of all of them. */
  readonly total: number;
  /** Of those that have joined. */
  readonly joined: number;
}

/**
 * @param moments the watched memberships, which are newer than what the server sends
 */
export function groupMembers(
  { room, members, total, joined }: MembersTold,
  moments: ReadonlyMap<string, ActorMoment>,
): MemberGroup[] {
  const groups = new Map<string, { count: number; tiles: MemberTile[] }>();
  const told = new Set<string>();
  let counted = 0;
  for (const { id, user, ...standing } of members) {
    told.add(id);
    enter(id, user, moments.get(keyOf({ kind: 'membership', id })) ?? standing);
  }
  for (const { address, told: known, ...standing } of moments.values()) {
    const { kind, id } = address;
    if (kind !== 'membership' || told.has(id) || !id.endsWith(`@${room}`)) continue;
    if (isAlive(standing.status)) enter(id, known?.user, standing);
  }
  const resting = Math.min(total - counted, joined - (groups.get('joined')?.count ?? 0));
  if (resting > 0) groupOf('joined').count += resting;
  // Where so many come at once that they are neither sent nor watched.
  const others = total - counted - Math.max(0, resting);
  if (others > 0) groupOf('requesting').count += others;
  return [...groups]
    .map(([state, group]) => ({ state, look: lookOf(state), ...group }))
    .sort((a, b) => orderOf(a.state) - orderOf(b.state) || (a.state < b.state ? -1 : 1));

  function enter(id: string, user: string | undefined, { status, states }: Standing): void {
    const group = groupOf(status === 'failed' ? 'failed' : (states[0] ?? 'gone'));
    counted += 1;
    group.count += 1;
    if (group.tiles.length < MOST_TILES) group.tiles.push(toTile(id, user, status === 'resting'));
  }

  function groupOf(state: string): { count: number; tiles: MemberTile[] } {
    const group = groups.get(state) ?? { count: 0, tiles: [] };
    groups.set(state, group);
    return group;
  }
}

/** The users of a room who have no connection at the moment. */
export function groupAway(users: readonly string[]): MemberGroup {
  const tiles = users.slice(0, MOST_AWAY).map((user) => ({ id: user, user, isResting: false }));
  return { state: 'away', look: OTHER_LOOK, count: users.length, tiles };
}

type Standing = Pick<ActorMoment, 'status' | 'states'>;

function toTile(id: string, user: string | undefined, isResting: boolean): MemberTile {
  const connection = id.slice(0, Math.max(0, id.indexOf('@')));
  return { id, connection, isResting, ...(user !== undefined && { user }) };
}

function lookOf(state: string): Look {
  return LOOKS[orderOf(state)]?.[1] ?? OTHER_LOOK;
}

function orderOf(state: string): number {
  const top = state.split('.')[0] ?? '';
  const found = LOOKS.findIndex(([name]) => name === top);
  return found === -1 ? LOOKS.length : found;
}
