/** Who is in a room, polled while the page is visible. */

import { describeRest, type Crowd } from '../../chat/people/people.ts';
import type { Clock } from '../../shared/clock.ts';
import { createPolling, type Polling } from '../../shared/polling.ts';

export const PRESENCE_INTERVAL_MS = 2_000;
const PRESENCE_TIMEOUT_MS = 5_000;

export interface PresentMember {
  /** The connection's id. */
  readonly id: string;
  /** Absent for an anonymous member. */
  readonly user?: string;
  /** `away`: the user has no connection at the moment. */
  readonly state: 'joined' | 'away';
  /** Milliseconds since 1970. */
  readonly joinedAt: number;
}

export type Presence =
  | { readonly type: 'members'; readonly members: readonly PresentMember[] }
  /** The server does not show its members; it is not asked again. */
  | { readonly type: 'hidden' }
  /** No usable answer this time. */
  | { readonly type: 'unavailable' };

export interface PresenceOptions {
  readonly listener: (presence: Presence) => void;
  /** Asks once; a rejected promise counts as `unavailable`. */
  readonly ask: () => Promise<Presence>;
  /** Default: the timers of the platform. */
  readonly clock?: Clock;
}

/** Polls a room's presence; starts with `setVisible(true)`. */
export function watchPresence({ listener, ask, clock }: PresenceOptions): Polling {
  const polling = createPolling<Presence>({
    intervalMs: PRESENCE_INTERVAL_MS,
    clock,
    ask: () => ask().catch((): Presence => ({ type: 'unavailable' })),
    listener(presence) {
      if (presence.type === 'hidden') polling.stop();
      listener(presence);
    },
  });
  return polling;
}

/** Asks the server's presence route. */
export async function fetchPresence(room: string): Promise<Presence> {
  const response = await fetch(`/presence?roomNum=${encodeURIComponent(room)}`, {
    signal: AbortSignal.timeout(PRESENCE_TIMEOUT_MS),
    cache: 'no-store',
  });
  if (response.status === 401 || response.status === 403) return { type: 'hidden' };
  if (!response.ok) return { type: 'unavailable' };
  return parsePresence(await response.json());
}

/** Reads the body of the presence route; members it cannot read are left out. */
export function parsePresence(body: unknown): Presence {
  const { members } = (body ?? {}) as { members?: unknown };
  if (!Array.isArray(members)) return { type: 'unavailable' };
  return { type: 'members', members: members.flatMap(parseMember) };
}

/** The members as the page lists them, in the order of their joins. */
export function toCrowd(members: readonly PresentMember[]): Crowd {
  return {
    count: members.length,
    people: members
      .toSorted((a, b) => a.joinedAt - b.joinedAt)
      .map((member) => ({
        name: nameMember(member),
        title: member.id,
        isAway: member.state === 'away',
        ...(member.state === 'away' && { note: 'away' }),
      })),
    remark: describeRest(members.length),
  };
}

/** The user's name; for a guest, the first letters of its id. */
function nameMember(member: PresentMember): string {
  return member.user ?? `Guest ${member.id.slice(0, 4)}`;
}

function parseMember(value: unknown): PresentMember[] {
  const { id, user, state, joinedAt } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string') return [];
  return [
    {
      id,
      ...(typeof user === 'string' && { user }),
      state: state === 'away' ? 'away' : 'joined',
      joinedAt: typeof joinedAt === 'number' ? joinedAt : 0,
    },
  ];
}
