/** How a connection refuses what it is asked and closes its socket, so that operators are told on what grounds. */

import type { EventObject } from 'xstate';
import { whoIs } from '../../events/problem.ts';
import { CLOSE_CODES, type CloseName } from '../../protocol/close-codes.ts';
import { because, type Refusal } from '../../protocol/errors.ts';
import type { ReachedLimit } from '../../protocol/grounds.ts';
import type { CustomClose } from '../room/ports.ts';
import { groundsOf } from '../runtime/grounds.ts';
import type { ConnectionArgs, ConnectionContext, ConnectionEvent } from './connection-events.ts';
import { noteRefused } from './noting.ts';
import { withId } from './subscriber.ts';

/** What an action of the chart is told. */
export interface ActingArgs extends ConnectionArgs {
  readonly event: EventObject;
}

/** What is refused: the command's id, and the room that it is about. */
interface Refused {
  readonly id?: number | undefined;
  readonly room?: string | undefined;
}

/**
 * Answers a command with a refusal, by an action of the chart.
 * @param refusal The grounds of whoever has decided it go before those of this chart.
 * @param limit The bound that was reached, where one was.
 */
export function refuse(
  { context, self, event }: ActingArgs,
  action: string,
  { id, room }: Refused,
  refusal: Refusal,
  limit?: ReachedLimit,
): void {
  const known = because(refusal, groundsOf(self, event, action, limit));
  context.port.reply(withId({ type: 'refused', refusal: noteRefused(context, known, room) }, id));
}

/** Closes the socket by an action of the chart. At a shutdown, which closes all, nothing is told. */
export function closeSocket(
  { context, self, event }: ActingArgs,
  action: string,
  close: CloseName | CustomClose,
  reason?: string,
): void {
  const { events, member, remoteAddress, port } = context;
  context.closedWith = close;
  if (close !== 'shutdown') {
    const usual = typeof close === 'string' ? CLOSE_CODES[close] : close;
    const grounds = groundsOf(self, event, action, limitOf(context, event, close));
    context.closedFor = grounds;
    events.emit('problem.noted', {
      kind: 'closed',
      reason: reason ?? usual.reason,
      ...grounds,
      code: usual.code,
      ...whoIs('identity' in event ? { ...member, ...pickUser(event.identity) } : member, remoteAddress),
    });
  }
  port.close(close, reason);
}

/** The bound behind an event that closes the connection. */
function limitOf(
  { limits, pings, rates }: ConnectionContext,
  event: EventObject,
  close: CloseName | CustomClose,
): ReachedLimit | undefined {
  if (close === 'connectionLimit') {
    const { connectionsPerUser: value } = limits;
    return { name: 'limits.connectionsPerUser', value, actual: value + 1 };
  }
  switch (event.type) {
    case 'socket.evicted': {
      const { waiting } = event as Extract<ConnectionEvent, { type: 'socket.evicted' }>;
      return { name: 'limits.sendMemoryBytes', value: limits.sendMemoryBytes, actual: waiting.all };
    }
    case 'client.flooding':
      return rates?.floodsWith && rates.rules[rates.floodsWith]?.limit;
    case 'queue.overflowed':
      return { name: 'limits.receiveQueueBytes', value: limits.receiveQueueBytes };
    case 'server.join':
      return { name: 'limits.roomsPerConnection', value: limits.roomsPerConnection };
    case 'pong.overdue':
      return { name: 'pongMs', value: pings.pongMs };
    default:
      return undefined;
  }
}

/** The user that a client has just proven to be, where it is closed for that. */
function pickUser(identity: unknown): { readonly user?: string } {
  const { user } = Object(identity) as { user?: unknown };
  return typeof user === 'string' ? { user } : {};
}
