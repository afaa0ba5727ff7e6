/** Tells operators what a connection was refused. */

import type { EventSink } from '../../events/server-events.ts';
import type { CallOutcome, MemberInfo } from '../../protocol/command.ts';
import type { RoomsPort } from '../room/ports.ts';
import { whoIs } from '../../events/problem.ts';
import { ERRORS, type Refusal } from '../../protocol/errors.ts';

/** Of whom a problem is told. */
export interface Noted {
  readonly events: EventSink;
  readonly rooms: Pick<RoomsPort, 'explains'>;
  readonly member: MemberInfo;
  /** The peer's address as text. */
  readonly remoteAddress: string;
}

/**
 * Returns what the client is told: with the grounds, where the room allows that.
 * @param kind `dropped`: the client has no answer. Default: `refused`.
 */
export function noteRefused(
  { events, rooms, member, remoteAddress }: Noted,
  refusal: Refusal,
  room: string | undefined,
  kind: 'refused' | 'dropped' = 'refused',
): Refusal {
  const { error, code = ERRORS[error].code, message, grounds } = refusal;
  events.emit('problem.noted', {
    kind,
    reason: message,
    ...grounds,
    code,
    ...whoIs(member, remoteAddress),
    ...(room !== undefined && { room }),
  });
  const isTold = grounds !== undefined && room !== undefined && rooms.explains(room);
  return isTold ? { ...refusal, tellsGrounds: true } : refusal;
}

/** Tells of a call that has failed; nothing of another. */
export function noteCall(
  { events, member, remoteAddress }: Noted,
  outcome: CallOutcome,
  method: string,
  room?: string,
): void {
  if (outcome.type !== 'failed' || !events.isHeard('problem.noted')) return;
  const { code, message, grounds } = outcome;
  events.emit('problem.noted', {
    kind: grounds === undefined ? 'failed' : 'refused',
    reason: message,
    event: room === undefined ? 'server.call' : 'room.call',
    ...grounds,
    code,
    target: method,
    ...whoIs(member, remoteAddress),
    ...(room !== undefined && { room }),
  });
}
