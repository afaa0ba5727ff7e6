/** What the page can request from the feed, and what it receives. Types only. */

import type {
  ActorAddress,
  BatchMessage,
  FeedMessage,
  FeedRequest,
  WatchedActor,
} from '../../../src/inspect/feed/feed-protocol.ts';

export type Welcome = Extract<FeedMessage, { type: 'welcome' }>;

export type LinkState =
  | { readonly name: 'resting' | 'connecting' | 'ready' }
  /** `retryAt` is in milliseconds since 1970. */
  | { readonly name: 'waiting'; readonly retryAt: number }
  /** The server asks for a token; `error` is its message. */
  | { readonly name: 'locked'; readonly error: string }
  /** This server cannot be watched from here, with or without a token; `error` is its message. */
  | { readonly name: 'barred'; readonly error: string };

/** Requests that have one answer. For watches there is `watch`. */
export type Question = WithoutId<
  Exclude<Extract<FeedRequest, { id: number }>, { type: 'watch' | 'unwatch' }>
>;
type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

export type AnswerTo<Type extends Question['type']> = Extract<
  FeedMessage,
  { type: Type extends 'control' ? 'done' : Type }
>;

export type Outcome<Answer> =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'refused'; readonly error: string }
  /** There was no link, the link was lost, or the answer took too long. */
  | { readonly type: 'unanswered' };

export interface WatchListener {
  /** The watch has begun, for the first time or after a lost link. `actors` are all watched actors. */
  began(actors: readonly WatchedActor[]): void;
  heard(batch: BatchMessage): void;
  /** For example, there is no such actor. The watch is requested again, and each refusal calls this. */
  refused(error: string): void;
  /** The link is lost; the watch is renewed with the next link. */
  lost(): void;
}

export interface FeedClient {
  readonly state: LinkState;
  /** The last welcome of the server. */
  readonly welcome: Welcome | undefined;
  /** The token that the page sends, if it has one. */
  readonly token: string | undefined;
  subscribe(listener: () => void): () => void;
  connect(): void;
  disconnect(): void;
  checkNetwork(): void;
  giveToken(token: string): void;
  ask<Type extends Question['type']>(
    question: Extract<Question, { type: Type }>,
  ): Promise<Outcome<AnswerTo<Type>>>;
  /** @returns ends the watch */
  watch(actor: ActorAddress, related: boolean, listener: WatchListener): () => void;
}
