/** Who a client is, and how the connection asks for it. How it is found out is the server's. */

import type { QuestionAsker } from '../backend/asking.ts';
import type { CloseName } from '../../protocol/close-codes.ts';
import type { ConnectRequest, Json, MemberInfo } from '../../protocol/command.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { CustomClose, ProofOutcome, RoomGrant } from '../room/ports.ts';
import type { TokenMark } from '../room/rules/revocation-check.ts';

/** What the handshake tells of a client. */
export interface Handshake {
  /** The query, without the `?`. */
  readonly query: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The peer's address as text. */
  readonly address: string;
  /** The name of the codec. */
  readonly protocol: string;
  /** `websocket`, `http_stream` or `sse`. */
  readonly transport: string;
}

/** Who a client is, and what is known of it. */
export interface Identity {
  /** Absent: it is anonymous. */
  readonly user?: string | undefined;
  /** For other clients. */
  readonly info?: Json | undefined;
  /** For handlers only. */
  readonly data?: unknown;
  /** For backends, with later questions. */
  readonly meta?: Json | undefined;
  /** The owner's backend has said it, and is asked again at the end. */
  readonly isAskedAgain?: boolean | undefined;
  /** For the client itself. */
  readonly answer?: Json | undefined;
  /** When this ends, in milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number | undefined;
  /** The token that says so, if there is one. */
  readonly token?: TokenMark | undefined;
  /** The rooms to which the server joins the client. */
  readonly rooms?: Readonly<Record<string, RoomGrant>> | undefined;
}

export type IdentityOutcome =
  | { readonly type: 'known'; readonly identity: Identity }
  /** The client gets an error, and may try again with another connection. */
  | { readonly type: 'refused'; readonly refusal: Refusal }
  /** The connection is closed. */
  | { readonly type: 'closed'; readonly close: CloseName | CustomClose };

/** Finds out who a client is. No promise rejects. */
export interface Authenticator {
  /** Whether clients can send new tokens before theirs end. */
  readonly refreshes: boolean;
  /** @param gone Aborted when the client is gone: nobody waits for the answer then. */
  identify(
    request: ConnectRequest,
    handshake: Handshake,
    asker: QuestionAsker,
    gone: AbortSignal,
  ): Promise<IdentityOutcome>;
  /** Checks a new token of a client that is known. */
  refresh(token: string, member: MemberInfo): Promise<IdentityOutcome>;
  /** Checks a subscription token. */
  prove(room: string, token: string, member: MemberInfo): Promise<ProofOutcome>;
}
