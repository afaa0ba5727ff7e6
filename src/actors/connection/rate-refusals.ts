/** The ways in which the chart of a connection (connection.ts) refuses what comes too fast. */

import type { RateKind } from './rates.ts';
import type { Rated } from './rate-effects.ts';

function refuse<Kind extends RateKind>(kind: Kind) {
  return {
    type: 'refuseOverRate',
    params: ({ event: command }: { readonly event: Rated }) => ({ command, kind }),
  } as const;
}

export const refuseJoins = refuse('joins');
export const refuseNewRooms = refuse('newRooms');
export const refuseMessages = refuse('messages');
export const refuseBroadcasts = refuse('broadcasts');
