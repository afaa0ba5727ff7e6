/** What a connection does for the owner of the server; when it does so is the chart's (connection.ts). */

import type { RefreshOrder } from '../../broker/control/control.ts';
import { ENDINGS, type Ending } from '../../protocol/endings.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { QueuedCommand } from './command-queue.ts';
import type { ConnectionArgs, ConnectionContext, PutOut } from './connection-events.ts';
import { scheduleExpiry } from './credentials-effects.ts';
import { ttlOf } from './expiry.ts';
import { endMembership, keepOrder } from './room-effects.ts';
import { findOperation } from './under-way.ts';

/** Joins the client to a room; the rules of the room are not asked. */
export function joinByServer(
  { context, self }: ConnectionArgs,
  { room, joining }: Extract<QueuedCommand, { readonly type: 'server.join' }>,
): void {
  const { info, data, expiresAt, since, override } = joining;
  context.underWay.push({ type: 'join', room, id: undefined, isUnasked: true });
  context.rooms.join(room, context.subscriber, {
    grant: { info, data, expiresAt, override },
    ...(since !== undefined && { request: { since } }),
    readsStream: context.protocol.readsStreams === true,
  });
  keepOrder(context, self);
}

/** Ends a membership, and joins by the server that wait. */
export function endByServer(args: ConnectionArgs, putOut: PutOut): void {
  args.context.queue.withdraw(putOut.room);
  endMembership(args, putOut);
}

/** Has the room refuse a join that is under way. Nothing happens where there is none. */
export function refuseJoining({ context }: ConnectionArgs, { room, ending }: PutOut): void {
  context.queue.withdraw(room);
  const isJoining = findOperation(context.underWay, room)?.type === 'join';
  if (isJoining || context.greeting?.entered?.has(room) === true) {
    context.rooms.putOut(room, context.subscriber, toRefusal(ending));
  }
}

/** Whether the client comes back by itself after the refusal is as with the ending. */
function toRefusal({ code, reason }: Ending): Refusal {
  if (code === ENDINGS.invalidated.code) return createRefusal('tokenExpired', reason);
  return createRefusal(code < ENDINGS.insufficient.code ? 'permissionDenied' : 'internal', reason);
}

/** Whether a membership ends whose proof the client cannot renew: the server has joined it. */
export function mustConnectAnew({ underWay, seats, greeting }: ConnectionContext, putOut: PutOut): boolean {
  if (putOut.ending.code !== ENDINGS.invalidated.code) return false;
  const { room } = putOut;
  if (seats.get(room)?.isServerSide === true || greeting?.entered?.has(room) === true) return true;
  const operation = findOperation(underWay, room);
  return operation?.type === 'join' && operation.isUnasked;
}

/** Whether the order ends the connection. */
export function endsTime({ clock }: ConnectionContext, { expired, expiresAt = 0 }: RefreshOrder): boolean {
  return expired === true || (expiresAt > 0 && expiresAt <= clock.now());
}

/** Changes how long the connection lasts, and what others see of it. */
export function noteRefreshed({ context }: ConnectionArgs, { expiresAt, info }: RefreshOrder): void {
  if (expiresAt !== undefined) {
    context.identity = { ...context.identity, expiresAt: expiresAt === 0 ? undefined : expiresAt };
  }
  if (info === undefined) return;
  const member = { ...context.member, info };
  context.member = member;
  context.subscriber.member = member;
  for (const room of context.joined) context.rooms.relist(room, member);
}

/** Waits for the new end, and tells the client when it is. */
export function tellRefreshed(args: ConnectionArgs): void {
  const { context } = args;
  scheduleExpiry(args);
  const ttlSeconds = ttlOf(context, context.identity?.expiresAt);
  context.port.push({ type: 'refresh', ...(ttlSeconds !== undefined && { ttlSeconds }) });
}
