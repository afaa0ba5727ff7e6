/** The rings of all rooms by name. The rings of the latest closed rooms are kept too. */

import { NodesMap } from '../../actors/runtime/fast-lane/nodes-map.ts';
import type { StateNodes } from '../population/state-paths.ts';
import { TransitionRing } from './transition-ring.ts';

/** The rings of so many closed rooms are kept. */
const MAX_CLOSED_ROOMS = 200;

/** More than charts have in practice. Further sets are not shared. */
const MAX_SETS = 4_096;

export class RoomRings {
  readonly #capacity: number;
  readonly #live = new Map<string, TransitionRing>();
  /** In the order in which they closed. */
  readonly #closed = new Map<string, TransitionRing>();
  /** The moment when the machine of a room with a ring was started again. It is removed with the first entry after that. */
  readonly #restartedAt = new Map<string, number>();
  readonly #sets = new NodeSets();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  find(room: string): TransitionRing | undefined {
    return this.#live.get(room) ?? this.#closed.get(room);
  }

  /** Writes an entry. If the machine was started again, an entry for that comes before it. */
  write(room: string, at: number, event: string, from: StateNodes, to: StateNodes): TransitionRing {
    const ring = this.#live.get(room) ?? this.#reopen(room);
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
    if (this.#closed.has(room)) this.#restartedAt.set(room, at);
  }

  /** The machine has ended. It may be started again. */
  ended(room: string): void {
    const ring = this.#live.get(room) ?? this.#closed.get(room);
    this.#restartedAt.delete(room);
    if (ring === undefined) return;
    this.#live.delete(room);
    this.#closed.delete(room);
    this.#closed.set(room, ring);
    if (this.#closed.size <= MAX_CLOSED_ROOMS) return;
    const [oldest = ''] = this.#closed.keys();
    this.#closed.delete(oldest);
    this.#restartedAt.delete(oldest);
  }

  #reopen(room: string): TransitionRing {
    const ring = this.#closed.get(room) ?? new TransitionRing(this.#capacity);
    this.#closed.delete(room);
    this.#live.set(room, ring);
    return ring;
  }
}

const NO_STATES: StateNodes = [];

/** Shares arrays of state nodes: rooms are in few different states, but each has its own array. */
export class NodeSets {
  readonly #sets = new NodesMap<StateNodes>();
  #size = 0;

  /** Returns the one shared array with the same nodes in the same order. */
  share(nodes: StateNodes): StateNodes {
    const known = this.#sets.get(nodes);
    if (known !== undefined) return known;
    if (this.#size >= MAX_SETS) return nodes;
    this.#size += 1;
    this.#sets.set(nodes, nodes);
    return nodes;
  }
}
