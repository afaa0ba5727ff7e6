/**
 * Lets pages watch actors while the server runs. Only watched actors are inspected, and what happens to them is sent in
 * batches. It costs nothing while nothing is watched. An error in here ends a watch and never an actor.
 */

import type { Clock } from '../../system/clock.ts';
import type { AnyActorRef, EventObject } from 'xstate';
import type { MachineObserver } from '../../actors/runtime/live-machine.ts';
import type { ActorAddress, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import { findActor, type ActorEntry, type Population } from '../population/population.ts';
import { Attachments } from './attachments.ts';
import { LiveWatch, type WatchSink } from './live-watch.ts';

/** How many items a watch sends a second, on average. */
const DEFAULT_ITEMS_PER_SECOND = 2_000;

export interface WatcherInput {
  readonly population: Population;
  /** Describes an actor. It may have ended or failed, and its room may not be in memory any more. */
  readonly describe: (entry: ActorEntry) => WatchedActor;
  /** The fields of an event that may leave the server, without its type. */
  readonly redactEvent: (event: EventObject) => FeedObject;
  readonly describeError: (error: unknown) => string;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Called with errors in here. Each has ended a watch. */
  readonly onError: (error: unknown) => void;
  /** Default 2,000 for each watch, in bursts of up to 200. */
  readonly itemsPerSecond?: number;
}

export interface Watch {
  /** The watched actors as they are now, the target first. Of resting memberships only the latest 1,000. */
  actors(): WatchedActor[];
  /** The sink takes batches again, after it has returned false. */
  drained(): void;
  stop(): void;
}

export interface Watcher {
  /** For the machines of the server: actors that are created during a watch are watched from their start. */
  readonly observer: Pick<MachineObserver, 'sent' | 'made' | 'threw'>;
  /** The actors that are inspected now. */
  readonly watched: ReadonlySet<AnyActorRef>;
  /** How many watches are open. */
  readonly size: number;
  /**
   * Watches an actor. With `related`, a room's memberships, moderations, proxies and the connections of its members
   * (up to 200) are watched too, or a connection's memberships. A later actor of the same address, as after a restart,
   * is watched too. A connection that joins the watched room is reported as `started`, and one that leaves it as
   * `ended`, although it stays open.
   */
  watch(address: ActorAddress, related: boolean, sink: WatchSink): Watch | 'unknown';
}

export function createWatcher(input: WatcherInput): Watcher {
  const { population, onError, itemsPerSecond = DEFAULT_ITEMS_PER_SECOND } = input;
  const watches = new Set<LiveWatch>();
  const attachments = new Attachments(input);

  function fail(watch: LiveWatch, sink: WatchSink, error: unknown): void {
    if (!watches.has(watch)) return;
    onError(error);
    stop(watch);
    try {
      sink.failed(error);
    } catch (another) {
      onError(another);
    }
  }

  function stop(watch: LiveWatch): void {
    watches.delete(watch);
    watch.stop();
  }

  return {
    watched: attachments.actors,

    get size() {
      return watches.size;
    },

    observer: {
      sent: (to, event, from) => attachments.sent(to, event, from),
      made(kind, actor) {
        if (watches.size === 0) return;
        const address: ActorAddress = { kind, id: actor.id };
        attachments.supersede(address, actor);
        attachments.started(address);
        for (const watch of watches) {
          try {
            watch.made(address, actor);
          } catch (error) {
            watch.broke(error);
          }
        }
      },
      threw(kind, actor, event, _at, error) {
        if (attachments.actors.has(actor)) attachments.threw({ kind, id: actor.id }, event, error);
      },
    },

    watch(address, related, sink) {
      if (findActor(population, address) === undefined) return 'unknown';
      const watch: LiveWatch = new LiveWatch({
        ...input,
        itemsPerSecond,
        scope: { target: address, related },
        sink,
        attach: (address, actor, listener) => attachments.attach(address, actor, listener),
        release: (attachment, listener) => attachments.release(attachment, listener),
        settleRests: () => attachments.settleRests(),
        fail: (error) => fail(watch, sink, error),
      });
      watches.add(watch);
      try {
        watch.start();
      } catch (error) {
        stop(watch);
        throw error;
      }
      return {
        actors: () => watch.actors(),
        drained: () => watch.drained(),
        stop: () => stop(watch),
      };
    },
  };
}
