/** What the chat page needs from a connection to rooms, independent of the protocol. */

import type { Closure } from '../../shared/wire.ts';

/** Where a message goes. */
export type Target = { readonly type: 'room'; readonly room: string } | { readonly type: 'everybody' };

/** The life cycle of the connection, as the page shows it. */
export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'open' }
  /** The next attempt starts at `retryAt`, in milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly retryAt: number; readonly closure?: Closure }
  /** Stays closed until `connect`. `closure` is set when the server closed it, and absent when the user did. */
  | { readonly name: 'closed'; readonly closure?: Closure };

/** This page's membership of one room. */
export type Membership = 'out' | 'joining' | 'joined' | 'leaving';

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

/** The arguments of a function by the names of its parameters, as plain JSON. */
export type CallArguments = Readonly<Record<string, unknown>>;

/** How a call of a servant's function ended. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: unknown }
  /** `message` is the reason, `code` its number in the server's error table. */
  | { readonly type: 'failed'; readonly code: number; readonly message: string }
  /** The server did not take the command. */
  | { readonly type: 'refused'; readonly reason: string }
  /** The connection is not open. */
  | { readonly type: 'unsent' }
  /** The connection ended before the answer: the function may have run, or not. */
  | { readonly type: 'unanswered' };

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
  /** Calls a function such as `hello.sayHello` through a room. The promise never rejects. */
  call(room: string, method: string, args: CallArguments): Promise<CallOutcome>;
}
