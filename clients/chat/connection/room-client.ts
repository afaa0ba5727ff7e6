/** What the chat page needs of a connection to rooms, whatever protocol it speaks. It knows no page. */

import type { Closure } from '../../shared/wire.ts';

/** Where a message goes. */
export type Target = { readonly type: 'room'; readonly room: string } | { readonly type: 'everybody' };

/** The life cycle of the connection, as the page shows it. */
export type ConnectionState =
  | { readonly name: 'connecting' }
  | { readonly name: 'open' }
  /** Tries again by itself at `retryAt`, in milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly retryAt: number; readonly closure?: Closure }
  /** Stays closed until asked. `closure` is the server's goodbye; absent when the person closed it. */
  | { readonly name: 'closed'; readonly closure?: Closure };

/** Where this page stands with one room. */
export type Membership = 'out' | 'joining' | 'joined' | 'leaving';

export type RoomClientEvent =
  | { readonly type: 'connection.changed'; readonly connection: ConnectionState }
  /** `unasked`: the server did it by itself. */
  | {
      readonly type: 'membership.changed';
      readonly room: string;
      readonly membership: Membership;
      readonly unasked?: true;
    }
  | { readonly type: 'message.received'; readonly text: string }
  /** This page's own message came back; it is known by the id that `send` returned. */
  | { readonly type: 'message.copied'; readonly id: number }
  /** The server did what was asked; without `copied` this page is not among the receivers. */
  | { readonly type: 'send.done'; readonly id: number; readonly copied: boolean }
  | { readonly type: 'send.refused'; readonly id: number; readonly reason: string }
  /** The connection ended before the answer: the message may have arrived, or not. */
  | { readonly type: 'send.unconfirmed'; readonly id: number }
  /** Anything but a message was refused. */
  | { readonly type: 'command.refused'; readonly reason: string };

/** What a function takes, by the names of its parameters; plain JSON. */
export type CallArguments = Readonly<Record<string, unknown>>;

/** How a call of a servant's function ended. */
export type CallOutcome =
  | { readonly type: 'result'; readonly result: unknown }
  /** `message` says why, `code` stands for it in the server's table. */
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
  /** Connects anew under this user, or under none. */
  signIn(user: string | undefined): void;
  /** The network came back or changed: looks whether the connection still lives, or connects at once. */
  checkNetwork(): void;
  /** Joins the room now if the connection is open, and again whenever it opens anew. */
  join(room: string): void;
  leave(room: string): void;
  /** Sends a message; returns its id, or nothing when the connection is not open. */
  send(target: Target, text: string): number | undefined;
  /** Calls a function such as `hello.sayHello` through a room. The promise never rejects. */
  call(room: string, method: string, args: CallArguments): Promise<CallOutcome>;
}
