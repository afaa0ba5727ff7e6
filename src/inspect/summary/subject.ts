/** An actor or a resting membership, with its context, typed by its kind. */

import type { SnapshotFrom } from 'xstate';
import type { BackendRef } from '../../actors/backend/backend.ts';
import type { QuestionRef } from '../../actors/backend/question.ts';
import type { ConnectionRef } from '../../actors/connection/connection.ts';
import type { MembershipRef } from '../../actors/room/membership.ts';
import type { ModerationRef } from '../../actors/room/moderation.ts';
import type { RoomRef } from '../../actors/room/room.ts';
import type { RestingMember } from '../../actors/room/roster.ts';
import type { ServerRef } from '../../actors/server/server.ts';
import type { TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import type { DeliveryRef } from '../../actors/webhook/delivery.ts';
import type { RedisLinkRef } from '../../actors/redis/redis-link.ts';
import type { ActorReading } from './actor-reading.ts';

type ContextOf<Ref extends { getSnapshot(): unknown }> =
  SnapshotFrom<Ref> extends { context: infer Context } ? Context : never;

/** The kind with the context of its machine. */
export type Subject =
  | { readonly kind: 'server'; readonly context: ContextOf<ServerRef> }
  | { readonly kind: 'connection'; readonly context: ContextOf<ConnectionRef> }
  | { readonly kind: 'room'; readonly context: ContextOf<RoomRef> }
  | { readonly kind: 'membership'; readonly context: ContextOf<MembershipRef> }
  | { readonly kind: 'moderation'; readonly context: ContextOf<ModerationRef> }
  | { readonly kind: 'question'; readonly context: ContextOf<QuestionRef> }
  | { readonly kind: 'backend'; readonly context: ContextOf<BackendRef> }
  | { readonly kind: 'tarsProxy'; readonly context: ContextOf<TarsProxyRef> }
  | { readonly kind: 'delivery'; readonly context: ContextOf<DeliveryRef> }
  | { readonly kind: 'redisLink'; readonly context: ContextOf<RedisLinkRef> }
  | { readonly kind: 'resting'; readonly member: RestingMember };

export function toSubject({ entry, snapshot }: ActorReading): Subject {
  if (entry.actor === undefined) return { kind: 'resting', member: entry.member };
  // The kind of an actor is that of its machine, and so of its context.
  return { kind: entry.address.kind, context: snapshot?.context };
}

/** The user of a connection, a membership or a question, if it has one. */
export function userOf(subject: Subject): string | undefined {
  if (subject.kind === 'connection') return subject.context.member.user;
  if (subject.kind === 'membership') return subject.context.subscriber.member.user;
  if (subject.kind === 'question') return subject.context.member.user;
  if (subject.kind === 'resting') return subject.member.subscriber.member.user;
  return undefined;
}
