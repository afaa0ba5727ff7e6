/** What a connection keeps of a room that it is in, where there is more to keep than the name of the room. */

import type { RoomGrant } from '../room/ports.ts';
import type { WheelTimer } from '../runtime/timer-wheel.ts';

export interface Seat {
  /** The server has joined the connection, and no command of the client. */
  isServerSide: boolean;
  /** The server has joined it because its user was away in the room: the client may take it over by a command. */
  isResumed: boolean;
  grant: RoomGrant | undefined;
  /** The end of the grant. */
  timer: WheelTimer | undefined;
  /** While the owner's backend is asked whether the grant still holds. */
  asking?: AbortController | undefined;
}

/** The seats of a connection, by room. Most connections have none of them. */
export class Seats {
  #seats: Map<string, Seat> | undefined;

  get(room: string): Seat | undefined {
    return this.#seats?.get(room);
  }

  set(room: string, seat: Seat): void {
    this.#seats ??= new Map();
    this.#seats.set(room, seat);
  }

  delete(room: string): Seat | undefined {
    const seat = this.#seats?.get(room);
    this.#seats?.delete(room);
    if (this.#seats?.size === 0) this.#seats = undefined;
    return seat;
  }

  each(use: (seat: Seat, room: string) => void): void {
    this.#seats?.forEach(use);
  }
}
