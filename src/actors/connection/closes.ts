/** The ways in which the chart of a connection (connection.ts) closes the socket. */

import type { QuestionOutcome } from '../backend/asking.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Disconnection, RoomRefusal } from './connection-events.ts';

/** The server closes the socket; the chart then waits for the socket to confirm it. */
export function closeWith<Close extends CloseName>(close: Close) {
  return {
    target: '#connection.closing',
    actions: { type: 'close', params: { close } },
  } as const;
}

/** How the socket is closed when the owner's backend has said how. */
export function closeOf(outcome: QuestionOutcome<unknown>) {
  return { close: outcome.type === 'disconnect' ? outcome.close : ('expired' as const) };
}

export const closeBadRequest = closeWith('badRequest');

/** A room refuses a join in such a way that the connection ends. */
export const closeRefusedByRoom = {
  guard: { type: 'closes', params: ({ event }: { readonly event: RoomRefusal }) => event },
  target: '#connection.closing',
  actions: {
    type: 'close',
    params: ({ event }: { readonly event: RoomRefusal }) => ({
      close: event.close ?? ('invalidToken' as const),
    }),
  },
} as const;

/** The client is told the reason, if there is one. */
export const disconnect = {
  target: '#connection.closing',
  actions: {
    type: 'close',
    params: ({ event: { close = 'disconnected', reason } }: { readonly event: Disconnection }) => ({
      close,
      reason,
    }),
  },
} as const;
