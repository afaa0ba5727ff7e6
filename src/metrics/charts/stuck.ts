/** How an actor that is in a state for too long is told. */

import type { ConnectionRef } from '../../actors/connection/connection.ts';
import type { ServerEvents } from '../../events/server-events.ts';
import { whoIs, type Problem } from '../../events/problem.ts';
import { splitId } from '../../inspect/population/population.ts';
import type { StuckActor } from './census.ts';

const MS_PER_SECOND = 1_000;

/** For the log. */
export function toStuckEvent({ entry, state, ms }: StuckActor): ServerEvents['state.stuck'] {
  return {
    machine: state.machine,
    state: state.path,
    id: entry.address.id,
    seconds: Math.floor(ms / MS_PER_SECOND),
    maxSeconds: (state.maxMs ?? 0) / MS_PER_SECOND,
  };
}

export function toProblem(stuck: StuckActor): Problem {
  const { machine, state, id, seconds, maxSeconds } = toStuckEvent(stuck);
  return {
    kind: 'stuck',
    reason: `${machine} ${id} is in ${state} for ${seconds} s, and should be so for at most ${maxSeconds} s`,
    machine,
    state,
    limit: { name: 'maxSeconds', value: maxSeconds, actual: seconds },
    ...about(stuck),
  };
}

/** Whom or what it is about, so that it is found by that. */
function about({ entry }: StuckActor): Partial<Problem> {
  const { kind, id } = entry.address;
  if (kind === 'room') return { room: id };
  if (kind === 'connection') {
    const { member, remoteAddress } = (entry.actor as ConnectionRef).getSnapshot().context;
    return whoIs(member, remoteAddress);
  }
  if (kind === 'membership') {
    const { part, room } = splitId(id);
    return { client: part, room };
  }
  if (kind === 'moderation') return { room: splitId(id).room };
  return kind === 'server' || kind === 'question' ? {} : { target: id };
}
