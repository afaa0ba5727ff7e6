/**
 * Records the last transitions of every room, and those of actors that have failed. It is always on, so it must cost
 * almost nothing.
 */

import type { AnyMachineSnapshot } from 'xstate';
import { NO_OBSERVER, type MachineKind, type MachineObserver } from '../../actors/runtime/live-machine.ts';
import type { ActorAddress, ActorHistory } from '../feed/feed-protocol.ts';
import { FailureList, type FailedActor } from './failures.ts';
import { RoomRings } from './rooms.ts';
import type { Moments } from '../../system/moments.ts';
import type { StateNodes } from '../population/state-paths.ts';
import { toHistoryEntries, TransitionRing, type RecordedTransition } from './transition-ring.ts';

/** How many transitions of all other actors are kept together: enough for a second of a busy server. */
const SHARED_ENTRIES = 8_192;
const DEFAULT_FAILURES = 100;

export interface RecorderOptions {
  /** How many entries are kept of each room and of each failed actor. 0: nothing is recorded. */
  readonly entries: number;
  readonly moments: Moments;
  /** How many failed actors are kept. Default 100. */
  readonly failures?: number;
  /** Makes the text of an error, as it is kept and shown. */
  readonly describeError: (error: unknown) => string;
}

export interface Recorder {
  readonly observer: Omit<MachineObserver, 'watched' | 'sent'>;
  /** The history of an actor. Undefined if nothing is kept of it. */
  historyOf(address: ActorAddress): ActorHistory | undefined;
  /** The last actors that have failed, oldest first. */
  failures(): readonly FailedActor[];
  /** Adds a failure that machines do not tell, such as that of a first action. A known one is not added again. */
  noteFailure(address: ActorAddress, error: unknown): void;
}

const OFF: Recorder = {
  observer: NO_OBSERVER,
  historyOf: () => undefined,
  failures: () => [],
  noteFailure() {},
};

export function createRecorder(options: RecorderOptions): Recorder {
  const { entries, moments, failures = DEFAULT_FAILURES, describeError } = options;
  if (entries <= 0) return OFF;
  const rooms = new RoomRings(entries);
  const others = new TransitionRing(SHARED_ENTRIES);
  const failed = new FailureList(failures, moments);
  // Most events are for the same room as the one before.
  let lastRoom: string | undefined;
  let lastRing: TransitionRing | undefined;

  function writeRoom(room: string, event: string, from: StateNodes, to: StateNodes): void {
    lastRing = rooms.write(room, moments.read(), event, from, to);
    lastRoom = room;
  }

  /** Counts an event that did not change the states of a room. For equal events in a row no entry is written. */
  function countRoom(room: string, event: string, nodes: StateNodes): void {
    if (room !== lastRoom) {
      lastRing = rooms.find(room);
      lastRoom = room;
    }
    const last = lastRing?.last;
    if (last !== undefined && lastRing?.stayedIn === nodes && last.event === event) last.count += 1;
    else writeRoom(room, event, nodes, nodes);
  }

  function pastOf(address: ActorAddress): Past {
    const ring = address.kind === 'room' ? rooms.find(address.id) : others;
    const transitions = ring?.copy(address, entries) ?? [];
    return { transitions, lost: ring === others ? undefined : ring?.lost };
  }

  function fail(
    address: ActorAddress,
    event: string,
    at: Pick<AnyMachineSnapshot, '_nodes'> | undefined,
    cause: unknown,
  ): void {
    failed.add({
      address,
      at: moments.read(),
      event,
      nodes: at?._nodes ?? [],
      cause,
      error: describeError(cause),
      ...pastOf(address),
    });
  }

  function end(kind: MachineKind, id: string): void {
    if (kind !== 'room') return;
    rooms.ended(id);
    if (id === lastRoom) lastRoom = undefined;
  }

  return {
    observer: {
      made(kind, actor) {
        if (kind === 'room') rooms.started(actor.id, moments.read());
      },
      moved(kind, actor, event, from, to) {
        const { id } = actor;
        if (kind === 'room') writeRoom(id, event.type, from._nodes, to._nodes);
        else others.write(moments.read(), event.type, from._nodes, to._nodes, kind, id);
        if (to.status === 'active') return;
        // An error of an invoked actor, and not thrown by the machine itself.
        if (to.status === 'error') fail({ kind, id }, event.type, from, to.error);
        end(kind, id);
      },
      stayed(kind, actor, event, at) {
        if (kind === 'room') countRoom(actor.id, event.type, at._nodes);
      },
      threw(kind, actor, event, at, error) {
        fail({ kind, id: actor.id }, event.type, at, error);
        end(kind, actor.id);
      },
    },

    historyOf(address) {
      const failure = failed.find(address);
      const { transitions, lost } = pastOf(address);
      const isSinceFailure = failure !== undefined && (transitions.at(-1)?.at ?? 0) > failure.moment;
      // If nothing followed the failure, its own copy is returned: it has entries that were overwritten since then.
      if (failure !== undefined && !isSinceFailure) return failure.view.history;
      if (transitions.length === 0) return undefined;
      return {
        ...address,
        entries: toHistoryEntries(transitions, moments),
        ...(lost !== undefined && { lost }),
        ...(failure !== undefined && { failure: failure.view.history.failure }),
      };
    },

    failures: () => failed.view(),

    noteFailure(address, error) {
      if (!failed.has(address, error)) fail(address, 'xstate.init', undefined, error);
      end(address.kind, address.id);
    },
  };
}

interface Past {
  readonly transitions: RecordedTransition[];
  /** Undefined where actors share a ring. */
  readonly lost: number | undefined;
}
