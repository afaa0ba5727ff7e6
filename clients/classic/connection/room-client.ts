/** What the classic page needs from a connection to rooms. */

import type { ConnectionState, Membership } from '../../chat/session/session-states.ts';

/** Where a message goes. */
export type Target = { readonly type: 'room'; readonly room: string } | { readonly type: 'everybody' };

export type RoomClientEvent =
  | { readonly type: 'connection.changed'; readonly connection: ConnectionState }
  /** `unasked`: the server did it without a command. */
  | {
      readonly type: 'membership.changed';
      readonly room: string;
      readonly membership: Membership;
      readonly unasked?: true;
    }
  | { readonly type: 'message.received'; readonly text: string }
  /** The copy of this page's own message came; `id` is what `send` returned. */
  | { readonly type: 'message.copied'; readonly id: number }
  /** The server has sent the message. `copied`: this page is one of the receivers. */
  | { readonly type: 'send.done'; readonly id: number; readonly copied: boolean }
  | { readonly type: 'send.refused'; readonly id: number; readonly reason: string }
  /** The connection ended before the answer: the message may have arrived, or not. */
  | { readonly type: 'send.unconfirmed'; readonly id: number }
  /** A command other than a message was refused. */
  | { readonly type: 'command.refused'; readonly reason: string };

export interface RoomClient {
  /** Connects; while waiting, at once. */
  connect(): void;
  /** Closes and stays closed. */
  disconnect(): void;
  /** Reconnects as this user, or without one. */
  signIn(user: string | undefined): void;
  /** The network came back or changed: checks an open connection, or connects at once. */
  checkNetwork(): void;
  /** Joins the room now if the connection is open, and again at each reconnect. */
  join(room: string): void;
  leave(room: string): void;
  /** Sends a message; returns its id, or nothing when the connection is not open. */
  send(target: Target, text: string): number | undefined;
}
