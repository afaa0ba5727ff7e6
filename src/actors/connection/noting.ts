/** Tells operators what a connection was refused. */

import type { EventSink } from '../../events/server-events.ts';
import type { CallOutcome, MemberInfo } from '../../protocol/command.ts';
import { ERRORS, type Refusal } from '../../protocol/errors.ts';

/** Of whom a problem is told. */
export interface Noted {
  readonly events: EventSink;
  readonly member: MemberInfo;
  /** The peer's address as text. */
  readonly remoteAddress: string;
}

/** @param kind `dropped`: the client has no answer. Default: `refused`. */
export function noteRefused(
  { events, member, remoteAddress }: Noted,
  { error, code = ERRORS[error].code, message, grounds }: Refusal,
  room: string | undefined,
  kind: 'refused' | 'dropped' = 'refused',
): void {
  if (!events.isHeard('problem.noted')) return;
  events.emit('problem.noted', {
    kind,
    reason: message,
    ...grounds,
    code,
    ...whoIs(member, remoteAddress),
    ...(room !== undefined && { room }),
  });
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

export function whoIs({ id, user }: MemberInfo, address: string) {
  return { client: id, ...(user !== undefined && { user }), address };
}
