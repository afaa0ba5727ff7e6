/**
 * Lets pages watch actors while the server runs: has just those inspected that somebody watches, and tells what
 * happens to them in batches. Nobody watched costs nothing, and an error in here costs a watch, never an actor.
 */

import type { Clock } from '../../system/clock.ts';
import type { AnyActorRef, EventObject } from 'xstate';
import type { MachineObserver } from '../../actors/runtime/live-machine.ts';
import type { ActorAddress, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import { findActor, type ActorEntry, type Population } from '../population/population.ts';
import { Attachments } from './attachments.ts';
import { LiveWatch, type WatchSink } from './live-watch.ts';

/** Items that a watch tells a second, on the long run. */
const DEFAULT_ITEMS_PER_SECOND = 2_000;

export interface WatcherInput {
  readonly population: Population;
  /** Tells of an actor in full. It may be one that is done or has failed, and whose room is not in memory any more. */
  readonly describe: (entry: ActorEntry) => WatchedActor;
  /** What may leave the server of an event besides its type. */
  readonly redactEvent: (event: EventObject) => FeedObject;
  readonly describeError: (error: unknown) => string;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told of errors in here, each of which has ended a watch. */
  readonly onError: (error: unknown) => void;
  /** Default 2,000 for each watch, in bursts of up to 200. */
  readonly itemsPerSecond?: number;
}

export interface Watch {
  /** Who is watched now, as they are, the one that was asked for first. Of resting memberships the latest 1,000. */
  actors(): WatchedActor[];
  /** The sink takes batches again, after it has refused more. */
  drained(): void;
  stop(): void;
}

export interface Watcher {
  /** For the machines of the server: actors that are made while they are watched are watched from the beginning. */
  readonly observer: Pick<MachineObserver, 'made' | 'threw'>;
  /** Whoever is inspected now. */
  readonly watched: ReadonlySet<AnyActorRef>;
  /** Open watches. */
  readonly size: number;
  /**
   * Watches an actor, and with `related` those around it: of a room its memberships and judged messages, its
   * members' connections (up to 200) and the proxies; of a connection its memberships. An actor of the same address
   * that is made later, as by a restart, is watched too. A connection that joins the room is told as `started`, and
   * one that leaves it as `ended`, though it lives on.
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
      made(kind, actor) {
        if (watches.size === 0) return;
        const address: ActorAddress = { kind, id: actor.id };
        attachments.supersede(address, actor);
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
