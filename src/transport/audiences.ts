/**
 * How many clients of each codec are in each room, so that a publication is not encoded for a codec that nobody in its room
 * speaks. It knows no clients: each session counts itself once.
 */

import type { Codec } from '../protocol/codec.ts';
import { raiseCount } from '../system/raise-count.ts';

/** The rooms of one codec's clients, with their number. */
export type Audience = ReadonlyMap<string, number>;

export class Audiences {
  readonly #byCodec = new Map<Codec, Map<string, number>>();

  /** The audience of a codec; it changes as clients come and go. */
  of(codec: Codec): Audience {
    return this.#of(codec);
  }

  add(codec: Codec, room: string): void {
    raiseCount(this.#of(codec), room);
  }

  remove(codec: Codec, room: string): void {
    const audience = this.#of(codec);
    const left = (audience.get(room) ?? 0) - 1;
    if (left > 0) audience.set(room, left);
    else audience.delete(room);
  }

  #of(codec: Codec): Map<string, number> {
    let audience = this.#byCodec.get(codec);
    if (audience === undefined) {
      audience = new Map();
      this.#byCodec.set(codec, audience);
    }
    return audience;
  }
}

/** The names of some rooms. Most clients are in one room, for which no set is made. */
export class RoomNames {
  #rooms: string | Set<string> | undefined;

  /** Returns whether it is new. */
  add(room: string): boolean {
    const rooms = this.#rooms;
    if (rooms === undefined) {
      this.#rooms = room;
    } else if (typeof rooms === 'string') {
      if (rooms === room) return false;
      this.#rooms = new Set([rooms, room]);
    } else {
      if (rooms.has(room)) return false;
      rooms.add(room);
    }
    return true;
  }

  /** Returns whether it was there. */
  delete(room: string): boolean {
    const rooms = this.#rooms;
    if (rooms === undefined || typeof rooms === 'string') {
      if (rooms !== room) return false;
      this.#rooms = undefined;
      return true;
    }
    return rooms.delete(room);
  }

  /** Takes all of them out. */
  clear(): Iterable<string> {
    const rooms = this.#rooms;
    this.#rooms = undefined;
    return typeof rooms === 'string' ? [rooms] : (rooms ?? []);
  }
}
