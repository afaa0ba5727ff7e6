/** Whether a client asks for too much in a second, and what it has asked for. */

import type { ConnectionContext } from './connection-events.ts';
import type { RateKind } from './rates.ts';

/** Whether a command is over its rate, or has come with too many bytes. */
export function isOverRate({ rates }: ConnectionContext, kind: RateKind): boolean {
  if (rates === undefined) return false;
  return rates.isOver(kind) || rates.isOver('bytes');
}

/** Whether a room would have to be opened, and the connection has opened too many. */
export function opensTooMany({ rates, rooms }: ConnectionContext, room: string): boolean {
  return rates?.isOver('newRooms') === true && !rooms.isOpen(room);
}

/** Counts a join that is about to be done. */
export function spendJoin({ rates, rooms }: ConnectionContext, room: string): void {
  if (rates === undefined) return;
  rates.spend('joins');
  if (rates.rules.newRooms !== undefined && !rooms.isOpen(room)) rates.spend('newRooms');
}

/** Counts a message or a call. */
export function spendMessage({ messageRates }: ConnectionContext): void {
  messageRates?.spend('messages');
}

export function spendBroadcast(context: ConnectionContext): void {
  spendMessage(context);
  context.rates?.spend('broadcasts');
}
