/** What answers the requests of a feed: the parts of the inspector, as its sockets see them. */

import type { Chart } from '../chart/chart.ts';
import type {
  ActorAddress,
  ActorHistory,
  BatchMessage,
  CatalogueMessage,
  CatalogueRequest,
  ControlCommand,
  FeedMessage,
  MachineName,
  WatchedActor,
} from '../feed/feed-protocol.ts';

type Message<Type extends FeedMessage['type']> = Extract<FeedMessage, { type: Type }>;

export interface FeedWatch {
  /** Who is watched now, the one that was asked for first. */
  actors(): readonly WatchedActor[];
  /** The sink takes batches again. */
  drained(): void;
  stop(): void;
}

export interface FeedSink {
  /** Takes what happened. False: no more until {@link FeedWatch.drained}. */
  send(batch: Omit<BatchMessage, 'type' | 'id'>): boolean;
  /** The watch is over, for an error of its own. */
  failed(error: unknown): void;
}

export interface FeedAnswers {
  welcome(): Message<'welcome'>;
  catalogue(request: CatalogueRequest): Promise<CatalogueMessage>;
  chart(machine: MachineName): Chart;
  watch(actor: ActorAddress, related: boolean, sink: FeedSink): FeedWatch | 'unknown';
  /** Nothing of an actor that is not known and never was. */
  history(actor: ActorAddress): ActorHistory | undefined;
  /** Nothing of a room that is not in memory. */
  members(room: string, limit: number): Omit<Message<'members'>, 'type' | 'id'> | undefined;
  /** Resolves to nothing when it is done, or to why it cannot be done. */
  control(actor: ActorAddress, command: ControlCommand): Promise<string | undefined>;
}
