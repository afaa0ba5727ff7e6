/** What the page can ask of the feed and hear from it, whoever brings it. Types only. */

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
  /** The server wants a token; `error` is what it says. */
  | { readonly name: 'locked'; readonly error: string }
  /** Nobody may watch this server from here, with a token or without; `error` is what it says. */
  | { readonly name: 'barred'; readonly error: string };

/** Requests that are answered once; watches are asked for by `watch`. */
export type Question = WithoutId<
  Extract<FeedRequest, { type: 'catalogue' | 'chart' | 'history' | 'members' | 'control' }>
>;
type WithoutId<Request> = Request extends unknown ? Omit<Request, 'id'> : never;

export type AnswerTo<Type extends Question['type']> = Extract<
  FeedMessage,
  { type: Type extends 'control' ? 'done' : Type }
>;

export type Outcome<Answer> =
  | { readonly type: 'answered'; readonly answer: Answer }
  | { readonly type: 'refused'; readonly error: string }
  /** The link was lost, or was not there, or the answer took too long. */
  | { readonly type: 'unanswered' };

export interface WatchListener {
  /** The watch has begun, for the first time or anew after a lost link: these are all actors there are. */
  began(actors: readonly WatchedActor[]): void;
  heard(batch: BatchMessage): void;
  /** For one, there is no such actor; it is asked for again, and each refusal is told. */
  refused(error: string): void;
  /** The link is lost; the watch is taken up again with the next one. */
  lost(): void;
}

export interface FeedClient {
  /** How the link is. */
  readonly state: LinkState;
  /** What the server said when it last welcomed the page. */
  readonly welcome: Welcome | undefined;
  /** The token that the page shows itself with, if it has one. */
  readonly token: string | undefined;
  subscribe(listener: () => void): () => void;
  connect(): void;
  disconnect(): void;
  checkNetwork(): void;
  giveToken(token: string): void;
  ask<Type extends Question['type']>(
    question: Extract<Question, { type: Type }>,
  ): Promise<Outcome<AnswerTo<Type>>>;
  /** Watches until what it returns is called. */
  watch(actor: ActorAddress, related: boolean, listener: WatchListener): () => void;
}
