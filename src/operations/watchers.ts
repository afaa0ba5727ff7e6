/** Who hears a room from outside, without being a member: what is published there, who joins and who leaves. */

import { ask } from '../actors/room/parts/parts.ts';
import type { Answer } from '../actors/room/ports.ts';
import type { BrokerListener } from '../broker/broker.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Publication, RoomMember } from '../protocol/command.ts';
import { createRefusal } from '../protocol/errors.ts';
import { refuseRoomName, type MessageLimits } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';

/** What a watcher of a room is told. Its functions must not throw. */
export interface RoomListener {
  publication(publication: Publication): void;
  /** A member has joined; told where the room tells its members too (`joinLeave`). */
  joined?(member: RoomMember): void;
  left?(member: RoomMember): void;
  /** The server stops: nothing more comes. */
  ended?(): void;
}

/** What a watcher holds. */
export interface Watch {
  /** From now on nothing more is told. */
  stop(): void;
}

/** Most watchers of a server at a time: each gets all that is said in its room. */
export const MAX_WATCHERS = 1_000;

/** Has the broker bring rooms to this node, also without a member. */
export interface RoomHolds {
  /** Once it is done, no publication is missed. */
  hold(room: string): void | Promise<void>;
  /** To be called once for each `hold` that was done. */
  release(room: string): void | Promise<void>;
}

export interface WatchersInput {
  readonly broker: RoomHolds;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly limits: MessageLimits;
}

/** Attach it to the broker. */
export class Watchers implements Pick<BrokerListener, 'publication' | 'joined' | 'left'> {
  readonly #input: WatchersInput;
  readonly #rooms = new Map<string, Set<RoomListener>>();
  #count = 0;

  constructor(input: WatchersInput) {
    this.#input = input;
  }

  publication(publication: Publication): void {
    if (this.#rooms.size > 0) this.#tell(publication);
  }

  joined(room: string, member: RoomMember): void {
    for (const listener of this.#rooms.get(room) ?? []) listener.joined?.(member);
  }

  left(room: string, member: RoomMember): void {
    for (const listener of this.#rooms.get(room) ?? []) listener.left?.(member);
  }

  /** Tells a listener all that happens in a room from now on. */
  watch(room: string, listener: RoomListener): Answer<Watch> {
    const { broker, clock, events, limits } = this.#input;
    const badName = refuseRoomName(room, limits);
    if (badName !== undefined) return { refusal: badName };
    if (this.#count >= MAX_WATCHERS) {
      return {
        refusal: createRefusal('limitExceeded', `the server has ${MAX_WATCHERS} watchers of rooms already`),
      };
    }
    this.#count += 1;
    const begin = (): Watch => {
      const listeners = this.#rooms.get(room) ?? new Set();
      this.#rooms.set(room, listeners.add(listener));
      return { stop: () => this.#stop(room, listener) };
    };
    const asked = ask(clock, () => broker.hold(room));
    if (asked === undefined) return begin();
    return asked.then(begin, (error: unknown) => {
      this.#count -= 1;
      events.emit('part.failed', { part: 'broker', room, error });
      return { refusal: createRefusal('internal') };
    });
  }

  /** Tells all watchers that nothing more comes. */
  close(): void {
    for (const listeners of this.#rooms.values()) {
      for (const listener of listeners) listener.ended?.();
    }
  }

  #stop(room: string, listener: RoomListener): void {
    const listeners = this.#rooms.get(room);
    if (listeners?.delete(listener) !== true) return;
    if (listeners.size === 0) this.#rooms.delete(room);
    this.#count -= 1;
    const { broker, clock, events } = this.#input;
    ask(clock, () => broker.release(room))?.catch((error: unknown) =>
      events.emit('part.failed', { part: 'broker', room, error }),
    );
  }

  /** A function of its own, because `publication` is called for every message (docs/decisions/0013-written-for-every-message.md). */
  #tell(publication: Publication): void {
    for (const listener of this.#rooms.get(publication.room) ?? []) listener.publication(publication);
  }
}
