/** The ways in which the chart of a connection (connection.ts) closes the socket. */

import type { QuestionOutcome } from '../backend/asking.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { Disconnection } from './connection-events.ts';

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

/** The client has asked for far more than it may. */
export const closeFlooding = {
  target: '#connection.closing',
  actions: ['noteFlooding', { type: 'close', params: { close: 'tooManyRequests' } }],
} as const;

/** Too much waits for all clients, and most of it for this one. */
export const closeEvicted = {
  target: '#connection.closing',
  actions: [
    {
      type: 'noteEvicted',
      params: ({
        event,
      }: {
        readonly event: { readonly waiting: { readonly own: number; readonly all: number } };
      }) => event.waiting,
    },
    { type: 'close', params: { close: 'slow' } },
  ],
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
