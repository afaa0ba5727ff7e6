/**
 * Who usually sends an event, by its type and the kind of its receiver. It is used where the sender was not kept: by the
 * recorder, and for an event that was sent before its receiver was watched.
 */

import type { BackendEvent } from '../../actors/backend/backend-events.ts';
import type { QuestionEvent } from '../../actors/backend/question.ts';
import type { ConnectionEvent } from '../../actors/connection/connection-events.ts';
import type { MembershipEvent } from '../../actors/room/membership-setup.ts';
import type { ModerationEvent } from '../../actors/room/moderation.ts';
import type { RoomEvent } from '../../actors/room/room-events.ts';
import type { RedisLinkEvent } from '../../actors/redis/redis-link-events.ts';
import type { TarsProxyEvent } from '../../actors/servant/tars-proxy-events.ts';
import type { DeliveryEvent } from '../../actors/webhook/delivery-events.ts';
import type { ServerEvent } from '../../actors/server/server.ts';
import type { MachineName, Outside } from '../feed/feed-protocol.ts';

export type UsualSender = Outside | MachineName | 'itself';

const connection: Record<ConnectionEvent['type'], UsualSender> = {
  ping: 'socket',
  pong: 'socket',
  connect: 'socket',
  'command.unknown': 'socket',
  'command.malformed': 'socket',
  'room.join': 'socket',
  'room.leave': 'socket',
  'room.publish': 'socket',
  'room.call': 'socket',
  'room.presence': 'socket',
  'room.presenceStats': 'socket',
  'room.history': 'socket',
  'room.refresh': 'socket',
  'connection.refresh': 'socket',
  'server.broadcast': 'socket',
  'server.call': 'socket',
  'server.message': 'socket',
  'connection.greeted': 'socket',
  'absence.known': 'library',
  'identity.known': 'library',
  'identity.refused': 'library',
  'identity.closed': 'library',
  'refresh.answered': 'library',
  'roomRefresh.answered': 'library',
  'renewal.answered': 'library',
  'seatRenewal.answered': 'library',
  'backend.closed': 'library',
  'credentials.due': 'timer',
  'credentials.expired': 'timer',
  'seat.expired': 'timer',
  'join.broken': 'itself',
  'stream.broken': 'broker',
  'ping.due': 'timer',
  'pong.overdue': 'timer',
  'query.answered': 'library',
  'server.tell': 'library',
  'protocol.violated': 'socket',
  'queue.overflowed': 'socket',
  'client.flooding': 'itself',
  'socket.congested': 'socket',
  'socket.drained': 'socket',
  'socket.overflowed': 'socket',
  'socket.evicted': 'socket',
  'socket.closed': 'socket',
  'greeting.expired': 'timer',
  'room.resume': 'itself',
  'room.recall': 'library',
  'command.pending': 'itself',
  'room.joined': 'membership',
  'room.left': 'room',
  'room.refused': 'room',
  'room.closed': 'room',
  'command.settled': 'room',
  'call.answered': 'room',
  'server.join': 'library',
  'server.leave': 'library',
  'server.refresh': 'library',
  'server.disconnect': 'library',
  'server.draining': 'server',
};

const membership: Record<MembershipEvent['type'], UsualSender> = {
  'membership.recorded': 'room',
  'membership.unrecorded': 'room',
  'membership.listing': 'room',
  'membership.refuse': 'room',
  'membership.leave': 'room',
};

const moderation: Record<ModerationEvent['type'], UsualSender> = { 'moderation.abandon': 'connection' };

const room: Record<RoomEvent['type'], UsualSender> = {
  'room.join': 'connection',
  'room.leave': 'connection',
  'room.publish': 'connection',
  'room.call': 'connection',
  'room.cleared': 'moderation',
  'room.callCleared': 'moderation',
  'room.called': 'servant',
  'room.kick': 'library',
  'room.mute': 'library',
  'room.unmute': 'library',
  'room.close': 'server',
  'room.orphaned': 'server',
  'room.forgotten': 'server',
  'room.resumed': 'library',
  'room.leftovers': 'itself',
  'room.noted': 'itself',
  'member.recording': 'membership',
  'member.joined': 'membership',
  'member.withdrawn': 'membership',
  'member.leaving': 'membership',
  'member.left': 'membership',
  'member.refused': 'membership',
  'member.failed': 'membership',
};

const question: Record<QuestionEvent['type'], UsualSender> = {
  'question.admitted': 'backend',
  'question.turnedAway': 'backend',
  'question.abandon': 'connection',
};

const backend: Record<BackendEvent['type'], UsualSender> = {
  'question.wanted': 'question',
  'question.ended': 'question',
  'backend.retry': 'library',
  'backend.stop': 'server',
};

const tarsProxy: Record<TarsProxyEvent['type'], UsualSender> = {
  'rpc.call': 'library',
  'call.due': 'timer',
  'call.expired': 'timer',
  'call.late': 'timer',
  'link.replied': 'servant',
  'link.lost': 'servant',
  'link.writable': 'servant',
  'link.closed': 'servant',
  'link.endpoint': 'servant',
  'proxy.stop': 'server',
};

const delivery: Record<DeliveryEvent['type'], UsualSender> = {
  'events.waiting': 'library',
  'batch.full': 'library',
  'delivery.stop': 'server',
};

const redisLink: Record<RedisLinkEvent['type'], UsualSender> = {
  'probe.heard': 'broker',
  'link.lost': 'broker',
  'link.stop': 'server',
};

const server: Record<ServerEvent['type'], UsualSender> = {
  'server.broadcast': 'connection',
  'server.stop': 'library',
};

const SENDERS: Readonly<Record<MachineName, Readonly<Record<string, UsualSender>>>> = {
  server,
  connection,
  membership,
  moderation,
  room,
  question,
  backend,
  tarsProxy,
  delivery,
  redisLink,
};

/** Who starts actors, by their kind, where it is always the same. */
const STARTERS: Readonly<Partial<Record<MachineName, UsualSender>>> = {
  connection: 'socket',
  membership: 'room',
  moderation: 'room',
};

export function usualSenderOf(kind: MachineName, event: string): UsualSender | undefined {
  return event === 'xstate.init' ? STARTERS[kind] : SENDERS[kind][event];
}
