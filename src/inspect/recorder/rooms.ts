/** The rings of all rooms by name. A room that is gone keeps its ring for as long as not too many others are gone. */

import { NodesMap } from '../../actors/runtime/fast-lane/nodes-map.ts';
import type { StateNodes } from '../population/state-paths.ts';
import { TransitionRing } from './transition-ring.ts';

/** Rooms that are not in memory any more and whose last transitions are still known: the latest ones. */
const MAX_GONE_ROOMS = 200;

/** More than a chart has in practice; sets beyond are kept as they come. */
const MAX_SETS = 4_096;

export class RoomRings {
  readonly #capacity: number;
  readonly #live = new Map<string, TransitionRing>();
  /** In the order in which they went. */
  readonly #gone = new Map<string, TransitionRing>();
  /** When the machine of a room that has a ring was started again, until the first entry since then. */
  readonly #restartedAt = new Map<string, number>();
  readonly #sets = new NodeSets();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(room: string): TransitionRing | undefined {
    return this.#live.get(room) ?? this.#gone.get(room);
  }

  /** Writes an entry, after one for a new start of the machine if there was one. */
  write(room: string, at: number, event: string, from: StateNodes, to: StateNodes): TransitionRing {
    const ring = this.#live.get(room) ?? this.#revive(room);
    const restartedAt = this.#restartedAt.get(room);
    if (restartedAt !== undefined) {
      this.#restartedAt.delete(room);
      ring.write(restartedAt, 'xstate.init', NO_STATES, this.#sets.share(from), 'room', room);
    }
    const before = this.#sets.share(from);
    ring.write(at, event, before, from === to ? before : this.#sets.share(to), 'room', room);
    ring.stayedIn = from === to ? to : undefined;
    return ring;
  }

  started(room: string, at: number): void {
    if (this.#gone.has(room)) this.#restartedAt.set(room, at);
  }

  /** The machine is over; it may be started again. */
  ended(room: string): void {
    const ring = this.#live.get(room) ?? this.#gone.get(room);
    this.#restartedAt.delete(room);
    if (ring === undefined) return;
    this.#live.delete(room);
    this.#gone.delete(room);
    this.#gone.set(room, ring);
    if (this.#gone.size <= MAX_GONE_ROOMS) return;
    const [oldest = ''] = this.#gone.keys();
    this.#gone.delete(oldest);
    this.#restartedAt.delete(oldest);
  }

  #revive(room: string): TransitionRing {
    const ring = this.#gone.get(room) ?? new TransitionRing(this.#capacity);
    this.#gone.delete(room);
    this.#live.set(room, ring);
    return ring;
  }
}

const NO_STATES: StateNodes = [];

/** Sets of state nodes, one array for each: rooms are in few different states, and each of them has arrays of its own. */
export class NodeSets {
  readonly #sets = new NodesMap<StateNodes>();
  #size = 0;

  /** An array with the same nodes in the same order, the same one each time. */
  share(nodes: StateNodes): StateNodes {
    const known = this.#sets.get(nodes);
    if (known !== undefined) return known;
    if (this.#size >= MAX_SETS) return nodes;
    this.#size += 1;
    this.#sets.set(nodes, nodes);
    return nodes;
  }
}
