/** What answers the requests of a feed: the parts of the inspector, as its sockets use them. */

import type { Chart } from '../chart/chart.ts';
import type {
  ActorAddress,
  ActorHistory,
  CatalogueMessage,
  CatalogueRequest,
  ControlCommand,
  FeedMessage,
  MachineName,
} from '../feed/feed-protocol.ts';
import type { ProblemReading } from '../problems/problem-reading.ts';
import type { RoomReading } from '../rooms/room-reading.ts';
import type { WatchSink } from '../watch/live-watch.ts';
import type { Watch } from '../watch/watcher.ts';

type Message<Type extends FeedMessage['type']> = Extract<FeedMessage, { type: Type }>;

export interface FeedAnswers extends RoomReading, ProblemReading {
  welcome(): Message<'welcome'>;
  catalogue(request: CatalogueRequest): Promise<CatalogueMessage>;
  chart(machine: MachineName): Chart;
  watch(actor: ActorAddress, related: boolean, sink: WatchSink): Watch | 'unknown';
  /** Undefined for an actor that is not known and never was. */
  history(actor: ActorAddress): ActorHistory | undefined;
  /** Undefined for a room that is not in memory. */
  members(room: string, limit: number): Omit<Message<'members'>, 'type' | 'id'> | undefined;
  /** The latest uses of the control, the latest first. */
  acts(room?: string): Message<'acts'>['acts'];
  /**
   * Resolves when it is done, or with the reason why it cannot be done.
   * @param remoteAddress who asks for it
   */
  control(actor: ActorAddress, command: ControlCommand, remoteAddress: string): Promise<string | undefined>;
}
