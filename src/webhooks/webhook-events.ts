/** The events that a webhook can be told, as their receivers get them. */

import type { Json, MemberInfo } from '../protocol/command.ts';
import { RPC_ERRORS } from '../protocol/rpc-errors.ts';
import type { ServerEventName, ServerEvents } from '../events/server-events.ts';

/** Each event by its name. A state of a machine is told as `state.entered`. */
export const WEBHOOK_EVENTS = [
  'connection.opened',
  'connection.closed',
  'member.joined',
  'member.back',
  'member.away',
  'member.left',
  'room.occupied',
  'room.vacated',
  'message.published',
  'call.failed',
  'server.started',
] as const;

export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number] | 'state.entered';

/** What an event tells besides its id, type and time. */
export type EventFields = Readonly<Record<string, Json | undefined>>;

/** An event that is known to have happened. */
export interface Happening {
  readonly type: WebhookEventName;
  readonly fields: EventFields;
}

type Reader<Name extends ServerEventName> = (event: ServerEvents[Name]) => Happening;

function happening(type: WebhookEventName, fields: EventFields): Happening {
  return { type, fields };
}

/** What the events of the server are to a webhook. */
export const READERS = {
  'connection.opened': ({ id, user, remoteAddress }) =>
    happening('connection.opened', { client: id, user, remote_address: remoteAddress }),
  'connection.closed': ({ id, user, code, reason }) =>
    happening('connection.closed', { client: id, user, code, reason }),
  'member.joined': ({ room, member, resumed }) =>
    happening(resumed ? 'member.back' : 'member.joined', { channel: room, ...toClient(member) }),
  'member.away': ({ room, member }) => happening('member.away', { channel: room, ...toClient(member) }),
  'member.left': ({ room, member, reason }) =>
    happening('member.left', { channel: room, ...toClient(member), reason }),
  'room.occupied': ({ room }) => happening('room.occupied', { channel: room }),
  'room.vacated': ({ room }) => happening('room.vacated', { channel: room }),
  'message.published': ({ room, data, offset, epoch, from }) =>
    happening('message.published', { channel: room, data, offset, epoch, ...(from && toClient(from)) }),
  'rpc.failed': ({ servant, func, failure, trace }) =>
    happening('call.failed', {
      method: `${servant}.${func}`,
      failure,
      message: RPC_ERRORS[failure].message,
      trace,
    }),
  'server.started': ({ clean }) => happening('server.started', { clean }),
  'state.entered': ({ machine, state, room, connection, user, servant }) =>
    happening('state.entered', { machine, state, channel: room, client: connection, user, servant }),
} as const satisfies { readonly [Name in ServerEventName]?: Reader<Name> };

/** The events of the server that webhooks read. */
export type ReadEventName = keyof typeof READERS;

function toClient({ id, user, info }: MemberInfo): EventFields {
  return { client: id, user, info };
}
