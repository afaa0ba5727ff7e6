/**
 * The ends in a watch that no inspection tells: a connection that leaves the watched room and stays open, and a resting
 * membership, which has no actor, when its room ends.
 */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import { findActor, splitId, type Population } from '../population/population.ts';
import { isMember, type Scope } from './scope.ts';

export class SilentEnds {
  readonly #scope: Scope;
  readonly #population: Population;
  /** Connections whose memberships have ended. They may have joined again. */
  readonly #leavers = new Set<string>();
  /** The ids of memberships that are resting as far as the page knows. */
  readonly #resting = new Set<string>();
  /** Whether the watched room has ended; it may have been opened again. */
  #hadRoomEnd = false;

  constructor(scope: Scope, population: Population) {
    this.#scope = scope;
    this.#population = population;
  }

  /** Whether {@link due} may find something. */
  get areLikely(): boolean {
    return this.#leavers.size > 0 || this.#hadRoomEnd;
  }

  /** The page was told that a membership rests. */
  rests(membership: string): void {
    this.#resting.add(membership);
  }

  /** A membership has an actor again. @returns whether the page knew of the membership */
  wakes(membership: string): boolean {
    return this.#resting.delete(membership);
  }

  /** A watched actor has ended. `connections` are those that are watched with the room. */
  ended({ kind, id }: ActorAddress, connections: ReadonlySet<string>): void {
    if (this.#scope.target.kind !== 'room') return;
    if (kind === 'room') {
      this.#hadRoomEnd = true;
      for (const connection of connections) this.#leavers.add(connection);
    } else if (kind === 'membership') {
      const { part } = splitId(id);
      if (connections.has(part)) this.#leavers.add(part);
    }
  }

  /** What has ended. Each is given again until it is {@link settled}. */
  *due(): Generator<ActorAddress> {
    const room = this.#population.directory.rooms.get(this.#scope.target.id);
    for (const id of this.#leavers) {
      if (isMember(room, id)) this.#leavers.delete(id);
      else yield { kind: 'connection', id };
    }
    // Other watches are not told that a room has ended. Their few memberships are checked each time.
    if (this.#scope.target.kind === 'room' && !this.#hadRoomEnd) return;
    for (const id of this.#resting) {
      const address: ActorAddress = { kind: 'membership', id };
      if (findActor(this.#population, address) === undefined) yield address;
    }
    this.#hadRoomEnd = false;
  }

  settled({ kind, id }: ActorAddress): void {
    if (kind === 'connection') this.#leavers.delete(id);
    else this.#resting.delete(id);
  }

  clear(): void {
    this.#leavers.clear();
    this.#resting.clear();
  }
}
