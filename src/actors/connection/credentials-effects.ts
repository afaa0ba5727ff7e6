/** What a connection does about the end of its token and of its seats; when it does so is the chart's (connection.ts). */

import { createRefusal } from '../../protocol/errors.ts';
import { send } from '../runtime/send.ts';
import type { IdentityOutcome } from './authenticator.ts';
import type {
  CommandOf,
  ConnectionArgs,
  ConnectionContext,
  InRoom,
  RoomRefreshed,
} from './connection-events.ts';
import { GRACE_MS, ttlOf } from './expiry.ts';
import { refuse, type ActingArgs } from './refusing.ts';
import { answer, scheduleSeat } from './room-effects.ts';

/** Waits for the end of the token. */
export function scheduleExpiry({ context, self }: ConnectionArgs): void {
  cancelExpiry(context);
  const expiresAt = context.identity?.expiresAt;
  if (expiresAt === undefined) return;
  const leftMs = Math.max(0, expiresAt - context.clock.now());
  context.expiry = context.wheel.schedule(self, { type: 'credentials.due' }, leftMs);
}

/** Waits for a new token. */
export function scheduleGrace({ context, self }: ConnectionArgs): void {
  context.expiry = context.wheel.schedule(self, { type: 'credentials.expired' }, GRACE_MS);
}

export function cancelExpiry(context: ConnectionContext): void {
  if (context.expiry !== undefined) context.wheel.cancel(context.expiry);
  context.expiry = undefined;
}

export function refresh(args: ActingArgs, { id, token }: CommandOf<'connection.refresh'>): void {
  const { context, self } = args;
  const { authenticator, member } = context;
  if (authenticator === undefined) {
    refuse(args, 'refresh', { id }, createRefusal('notAvailable'));
    return;
  }
  context.calls += 1;
  void authenticator
    .refresh(token, member)
    .then((outcome) => send(self, { type: 'refresh.answered', id, outcome }, 'library'));
}

/** A new token is accepted. What it says of the user does not change who the connection is. */
export function applyRefresh(
  args: ConnectionArgs,
  { id, outcome }: { readonly id: number | undefined; readonly outcome: IdentityOutcome },
): void {
  const { context } = args;
  context.calls -= 1;
  if (outcome.type !== 'known') return;
  const { expiresAt, token } = outcome.identity;
  context.identity = { ...context.identity, expiresAt, token };
  scheduleExpiry(args);
  const ttlSeconds = ttlOf(context, expiresAt);
  answer(context, id, { type: 'refreshed', ...(ttlSeconds !== undefined && { ttlSeconds }) });
}

export function refuseRefresh(
  args: ActingArgs,
  { id, outcome }: { readonly id: number | undefined; readonly outcome: IdentityOutcome },
): void {
  args.context.calls -= 1;
  if (outcome.type === 'refused') refuse(args, 'refuseRefresh', { id }, outcome.refusal);
}

export function refreshRoom(
  { context, self }: ConnectionArgs,
  { id, room, token }: CommandOf<'room.refresh'>,
): void {
  context.calls += 1;
  void context.subscriber
    .prove(room, token)
    .then((outcome) => send(self, { type: 'roomRefresh.answered', id, room, outcome }, 'library'));
}

export function refuseRefreshOutside(args: ActingArgs, asked: InRoom): void {
  refuse(args, 'refuseRefreshOutside', asked, createRefusal('permissionDenied'));
}

export function answerRoomRefresh(args: ActingArgs, { id, room, outcome }: RoomRefreshed): void {
  const { context } = args;
  context.calls -= 1;
  if (outcome.type === 'refused') {
    // For a new token, `expired` is the error; `tokenExpired` is one of a join.
    const { refusal } = outcome;
    const told = refusal.error === 'tokenExpired' ? createRefusal('expired') : refusal;
    refuse(args, 'answerRoomRefresh', { id, room }, told);
    return;
  }
  const { expiresAt } = outcome.grant;
  if (context.joined.has(room)) scheduleSeat(args, room, outcome.grant);
  const ttlSeconds = ttlOf(context, expiresAt);
  answer(context, id, { type: 'roomRefreshed', ...(ttlSeconds !== undefined && { ttlSeconds }) });
}
