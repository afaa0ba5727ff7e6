/** What a connection does about a client that asks for too much in a second; when it does so is the chart's (connection.ts). */

import { CLOSE_CODES } from '../../protocol/close-codes.ts';
import { ERRORS, createRefusal } from '../../protocol/errors.ts';
import { send } from '../runtime/send.ts';
import { refuseMoreCalls } from './call-effects.ts';
import type { CommandOf, ConnectionArgs, ConnectionContext } from './connection-events.ts';
import type { RateKind } from './rates.ts';
import { answer } from './room-effects.ts';

/** The commands that have a rate. */
export type Rated = CommandOf<
  'room.join' | 'room.publish' | 'room.call' | 'server.broadcast' | 'server.call' | 'server.message'
>;

/** Which rate a command is over. */
export interface OverRate {
  readonly command: Rated;
  readonly kind: RateKind;
}

/** A message to the server has no answer: it is dropped. */
export function refuseOverRate({ context, self }: ConnectionArgs, { command, kind }: OverRate): void {
  const { rates } = context;
  if (rates === undefined) return;
  const over = rates.isOver('bytes') ? 'bytes' : kind;
  const rule = rates.rules[over];
  if (rule === undefined) return;
  const reason = `this connection may have ${rule.limit.value} ${rule.what} a second`;
  if (command.type === 'room.call' || command.type === 'server.call') {
    refuseMoreCalls({ context, self }, command);
  } else if (command.type !== 'server.message') {
    answer(context, command.id, { type: 'refused', refusal: createRefusal('tooManyRequests', reason) });
  }
  noteOverRate(context, { command, kind: over }, reason);
  if (rates.noteRefused(over)) send(self, { type: 'client.flooding' }, self);
}

function noteOverRate(
  { events, rates, member, remoteAddress }: ConnectionContext,
  { command, kind }: OverRate,
  reason: string,
): void {
  if (!events.isHeard('problem.noted')) return;
  const limit = rates?.rules[kind]?.limit;
  events.emit('problem.noted', {
    kind: command.type === 'server.message' ? 'dropped' : 'refused',
    reason,
    machine: 'connection',
    state: 'open.work.ready',
    event: command.type,
    guard: GUARDS[kind],
    code: ERRORS.tooManyRequests.code,
    client: member.id,
    address: remoteAddress,
    ...(limit !== undefined && { limit }),
    ...(member.user !== undefined && { user: member.user }),
    ...('room' in command && { room: command.room }),
  });
}

/** Tells that a client goes on far beyond a rate. */
export function noteFlooding({ context }: ConnectionArgs): void {
  const { events, rates, member, remoteAddress } = context;
  const rule = rates?.floodsWith && rates.rules[rates.floodsWith];
  if (rule === undefined || !events.isHeard('problem.noted')) return;
  events.emit('problem.noted', {
    kind: 'closed',
    reason: `the client goes on far beyond ${rule.limit.value} ${rule.what} a second`,
    machine: 'connection',
    event: 'client.flooding',
    limit: rule.limit,
    code: CLOSE_CODES.tooManyRequests.code,
    client: member.id,
    address: remoteAddress,
    ...(member.user !== undefined && { user: member.user }),
  });
}

/** Tells that a client reads too slowly while too much waits for all of them. */
export function noteEvicted(
  { context }: ConnectionArgs,
  { own, all }: { readonly own: number; readonly all: number },
): void {
  const { events, limits, member, remoteAddress } = context;
  if (!events.isHeard('problem.noted')) return;
  events.emit('problem.noted', {
    kind: 'closed',
    reason: `too much waits for all clients, and ${own} bytes of it for this one`,
    machine: 'connection',
    event: 'socket.evicted',
    limit: { name: 'limits.sendMemoryBytes', value: limits.sendMemoryBytes, actual: all },
    code: CLOSE_CODES.slow.code,
    client: member.id,
    address: remoteAddress,
    ...(member.user !== undefined && { user: member.user }),
  });
}

const GUARDS = {
  messages: 'isOverMessageRate',
  bytes: 'isOverMessageRate',
  joins: 'isOverJoinRate',
  newRooms: 'opensTooManyRooms',
  broadcasts: 'isOverBroadcastRate',
} as const satisfies Record<RateKind, string>;
