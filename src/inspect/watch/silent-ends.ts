/**
 * Who of a watch goes without a word that could be inspected: connections that leave the room that is watched and
 * live on, and resting memberships, which are records, with the room that is gone.
 */

import type { ActorAddress } from '../feed/feed-protocol.ts';
import { findActor, splitId, type Population } from '../population/population.ts';
import { isMember, type Scope } from './scope.ts';

export class SilentEnds {
  readonly #scope: Scope;
  readonly #population: Population;
  /** Connections whose memberships have ended: they may be members again. */
  readonly #leavers = new Set<string>();
  /** Memberships that the page believes to rest, by their ids. */
  readonly #resting = new Set<string>();
  /** Whether the room that is watched was over, at least for a moment. */
  #hadRoomEnd = false;

  constructor(scope: Scope, population: Population) {
    this.#scope = scope;
    this.#population = population;
  }

  /** Whether {@link due} might tell of anybody. */
  get areLikely(): boolean {
    return this.#leavers.size > 0 || this.#hadRoomEnd;
  }

  /** The page has heard that a membership rests. */
  rests(membership: string): void {
    this.#resting.add(membership);
  }

  /** A membership is awake; true when the page knew it. */
  wakes(membership: string): boolean {
    return this.#resting.delete(membership);
  }

  /** A watched actor is over; `connections` are the ones that are watched with the room. */
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

  /** Who has gone; each is told again until it is {@link settled}. */
  *due(): Generator<ActorAddress> {
    const room = this.#population.directory.rooms.get(this.#scope.target.id);
    for (const id of this.#leavers) {
      if (isMember(room, id)) this.#leavers.delete(id);
      else yield { kind: 'connection', id };
    }
    // Of other watches nobody hears that a room has ended: their few memberships are looked after each time.
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
