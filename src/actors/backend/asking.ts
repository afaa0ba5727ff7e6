/** What is asked of the backend of the server's owner before something happens, and what it may answer. */

import type { Override } from '../../protocol/override.ts';
import type { Json, MemberInfo } from '../../protocol/command.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ActorSender } from '../runtime/sender.ts';

export type QuestionKind = 'connect' | 'refresh' | 'subscribe' | 'publish' | 'rpc' | 'subRefresh';

/** What a backend is told of a client, besides who it is. */
export interface ClientFacts {
  /** `websocket`, `http_stream` or `sse`. */
  readonly transport: string;
  /** The name of the protocol: `json` for that of Centrifugo's clients, `line`, or that of a codec of your own. */
  readonly protocol: string;
  /** Headers of the handshake, by lower-case name: only those that some question passes on. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the client has named in `connect`. Nothing vouches for them. */
  readonly claimedHeaders: Readonly<Record<string, string>>;
  /** What the token or the backend has said of the connection. It is never sent to clients. */
  readonly meta?: Json | undefined;
}

/** A client for which a question is asked. */
export interface QuestionAsker {
  readonly member: MemberInfo;
  /** Undefined where no question is ever asked. */
  readonly facts: ClientFacts | undefined;
  /** The actor that waits for the answer. */
  readonly sender: ActorSender;
}

/** What a backend has answered. */
export type BackendAnswer<Result> =
  | { readonly type: 'result'; readonly result: Result }
  /** The client gets this error. */
  | { readonly type: 'error'; readonly refusal: Refusal }
  /** The connection is closed with this. */
  | { readonly type: 'disconnect'; readonly close: { readonly code: number; readonly reason: string } };

/** There is an answer, of which nothing can be made: the backend lives. */
export interface UnusableAnswer {
  readonly type: 'unusable';
  readonly error: Error;
}

/** How a question ended. `failed`: there is no answer; why is told on the event bus. */
export type QuestionOutcome<Result> = BackendAnswer<Result> | { readonly type: 'failed' };

/** One of the questions that the settings name. */
export interface Question<Asked, Result> {
  /** The deadline of the answer, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Asks. It never rejects.
   * @param gone Aborted when nobody waits for the answer any more.
   */
  ask(asker: QuestionAsker, asked: Asked, gone: AbortSignal): Promise<QuestionOutcome<Result>>;
}

export interface SubscribeAsked {
  readonly room: string;
  readonly token?: string | undefined;
  readonly data?: Json | undefined;
}

/** What is said of a connection in a room. */
export interface SubscribeResult {
  readonly info?: Json | undefined;
  readonly data?: Json | undefined;
  /** In milliseconds since 1970. */
  readonly expiresAt?: number | undefined;
  readonly override?: Override | undefined;
}

export interface PublishAsked {
  readonly room: string;
  readonly data: Json;
}

export interface PublishResult {
  /** Published instead. Absent: what was asked about. */
  readonly data?: Json | undefined;
  readonly skipHistory?: boolean | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** A message with this key that was published in the same room within five minutes is not published again. */
  readonly idempotencyKey?: string | undefined;
}

export interface RefreshResult {
  readonly expired: boolean;
  /** In milliseconds since 1970. Absent: never. */
  readonly expiresAt?: number | undefined;
  readonly info?: Json | undefined;
}

/** The questions about one room. */
export interface RoomQuestions {
  readonly subscribe?: Question<SubscribeAsked, SubscribeResult> | undefined;
  readonly publish?: Question<PublishAsked, PublishResult> | undefined;
  /** Subscription tokens are for the backend: the server has no key to check them. */
  readonly passesTokens: boolean;
}

/** The questions that a connection asks by itself. */
export interface ConnectionQuestions {
  /** What is kept of a handshake for later questions. */
  describe(handshake: HandshakeFacts): ClientFacts;
  /** Those of the claimed headers that some question passes on. */
  pickClaimed(headers: Readonly<Record<string, string>> | undefined): Readonly<Record<string, string>>;
  /** Asked when what the backend has said of a client ends. */
  readonly refresh?: Question<undefined, RefreshResult> | undefined;
  /** The same of a client in a room. */
  subRefresh(room: string): Question<{ readonly room: string }, RefreshResult> | undefined;
}

/** The part of a handshake that questions may pass on. */
export interface HandshakeFacts {
  readonly headers: Readonly<Record<string, string>>;
  readonly transport: string;
  readonly protocol: string;
}
