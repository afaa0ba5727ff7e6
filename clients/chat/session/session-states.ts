/** The states of a page's connection and of its membership of a room. They depend on no protocol. */

import type { Closure } from '../../shared/wire.ts';

/** The life cycle of the connection, as the pages show it. */
export type ConnectionState =
  /** `again`: there was a connection before. `closure` is set when the server closed that one. */
  | { readonly name: 'connecting'; readonly again?: boolean; readonly closure?: Closure }
  | { readonly name: 'open' }
  /** The next attempt starts at `retryAt`, in milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly retryAt: number; readonly closure?: Closure }
  /** Stays closed until the user connects. `closure` is set when the server closed it, and absent when the user did. */
  | { readonly name: 'closed'; readonly closure?: Closure };

/** This page's membership of one room. */
export type Membership = 'out' | 'joining' | 'joined' | 'leaving';
