/** What happens to a page's room and connection, in the order in which the page shows it. */

import type { ClientInfo, PublicationContext } from 'centrifuge';
import type { ConnectionState, Membership } from '../../chat/session/session-states.ts';
import type { Absence, Fate } from './absence.ts';

/**
 * How a publication came: as it was sent; read from the room's history; or sent while the page was away and handed over
 * after it came back.
 */
export type Arrival = 'live' | 'earlier' | 'recovered';

export type RoomEvent =
  | { readonly type: 'connection.changed'; readonly connection: ConnectionState }
  /** `refusal` says why the server does not let the page in, or why it put it out. */
  | { readonly type: 'membership.changed'; readonly membership: Membership; readonly refusal?: string }
  | { readonly type: 'returned'; readonly absence: Absence; readonly fate: Fate }
  | {
      readonly type: 'heard';
      readonly publication: PublicationContext;
      readonly arrival: Arrival;
      /** This page sent it, over this connection or an earlier one. */
      readonly own: boolean;
    }
  /** A message to everybody. */
  | { readonly type: 'broadcast'; readonly data: unknown }
  | { readonly type: 'joined'; readonly info: ClientInfo }
  | { readonly type: 'left'; readonly info: ClientInfo }
  | { readonly type: 'typing'; readonly info: ClientInfo; readonly name: string | undefined }
  /** The server has the message; `id` is what `say` returned. */
  | { readonly type: 'said'; readonly id: number }
  | { readonly type: 'say.refused'; readonly id: number; readonly reason: string }
  /** The connection ended before the answer: the message may have arrived, or not. */
  | { readonly type: 'say.unconfirmed'; readonly id: number };
