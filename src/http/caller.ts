/** Who makes a request of the HTTP API: what its key allows, and how many requests it has left. It knows no secret. */

import { createPatternCheck } from '../protocol/room-patterns.ts';
import { RateMeter } from '../system/rate-meter.ts';
import type { KeyRight } from '../protocol/api-methods.ts';
import type { Clock } from '../system/clock.ts';

export interface CallerRights {
  /** For the log. */
  readonly name?: string | undefined;
  /** The methods that the key may use. Default: all. */
  readonly allow?: readonly KeyRight[] | undefined;
  /** The rooms that the key is for: names, and prefixes that end in `*`. Default: all. */
  readonly rooms?: readonly string[] | undefined;
  /** Requests a second. Default: any number. */
  readonly requestsPerSecond?: number | undefined;
}

export class Caller {
  readonly name: string | undefined;
  /** The rooms that it may use: names, and prefixes that end in `*`. Undefined: all. */
  readonly rooms: readonly string[] | undefined;
  /** Whether it may use rooms of any name. */
  readonly seesAllRooms: boolean;
  readonly #allow: ReadonlySet<string> | undefined;
  readonly #isOwnRoom: (room: string) => boolean;
  readonly #meter: RateMeter | undefined;
  readonly #clock: Pick<Clock, 'monotonic'>;

  constructor(rights: CallerRights, clock: Pick<Clock, 'monotonic'>) {
    const { name, allow, rooms, requestsPerSecond } = rights;
    this.name = name;
    this.rooms = rooms;
    this.seesAllRooms = rooms === undefined;
    this.#allow = allow && new Set(allow);
    this.#isOwnRoom = createPatternCheck(rooms ?? ['*']);
    this.#meter =
      requestsPerSecond === undefined ? undefined : new RateMeter(requestsPerSecond, clock.monotonic());
    this.#clock = clock;
  }

  /** Whether it may use a method, about these rooms. A key for some rooms may use one about no room only if it is named. */
  may(method: KeyRight, rooms: readonly string[] = []): boolean {
    if (!this.mayUse(method)) return false;
    if (this.seesAllRooms) return true;
    return rooms.length === 0 ? this.#allow !== undefined : rooms.every(this.#isOwnRoom);
  }

  /** Whether its methods have this one. In which rooms is another question. */
  mayUse(method: KeyRight): boolean {
    return this.#allow === undefined || this.#allow.has(method);
  }

  sees(room: string): boolean {
    return this.seesAllRooms || this.#isOwnRoom(room);
  }

  /** Counts requests. Returns the seconds after which it may ask again, or 0 if these may be done. */
  spend(requests: number): number {
    const meter = this.#meter;
    if (meter === undefined) return 0;
    const waitMs = meter.waitMs(this.#clock.monotonic());
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    // Many commands of one batch may be more than a second's worth: the next request waits for all of them.
    for (let count = 0; count < requests; count += 1) meter.spend();
    return 0;
  }
}
