/**
 * A broker whose rooms are heard by two sorts of listeners: the room itself, which subscribes while it has members here,
 * and those who hold it to hear it without a member. The broker beneath is asked once, and let go when nobody is left.
 */

import type { Json, MemberInfo, RoomMember } from '../protocol/command.ts';
import type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryQuery,
  Position,
  PublishOptions,
} from './broker.ts';

/** Whether a room has subscribed by itself; a promise while that takes time. */
export type RoomSubscription = 'none' | 'made' | Promise<void>;

/** Those who hold a room. */
interface Held {
  holders: number;
  /** While the broker beneath takes time. */
  pending: Promise<void> | undefined;
}

export class HeldBroker implements Broker {
  readonly mayLose: boolean;
  readonly #broker: Broker;
  readonly #subscriptionOf: (room: string) => RoomSubscription;
  readonly #held = new Map<string, Held>();

  /** @param subscriptionOf While a room subscribes or unsubscribes, it is `none`. */
  constructor(broker: Broker, subscriptionOf: (room: string) => RoomSubscription) {
    this.#broker = broker;
    this.#subscriptionOf = subscriptionOf;
    this.mayLose = broker.mayLose ?? false;
  }

  /** From now on this node hears the room, also without a member. Once it is done, no publication is missed. */
  hold(room: string): void | Promise<void> {
    const held = this.#held.get(room);
    if (held !== undefined) {
      held.holders += 1;
      return held.pending;
    }
    const bySelf = this.#subscriptionOf(room);
    const asked = bySelf === 'none' ? this.#broker.subscribe(room) : bySelf;
    const made: Held = { holders: 1, pending: undefined };
    this.#held.set(room, made);
    if (!(asked instanceof Promise)) return undefined;
    made.pending = asked.then(
      () => {
        made.pending = undefined;
      },
      (error: unknown) => {
        if (this.#held.get(room) === made) this.#held.delete(room);
        throw error;
      },
    );
    return made.pending;
  }

  /** To be called once for each `hold` that was done. */
  release(room: string): void | Promise<void> {
    const held = this.#held.get(room);
    if (held === undefined) return undefined;
    held.holders -= 1;
    if (held.holders > 0) return undefined;
    this.#held.delete(room);
    return this.#subscriptionOf(room) === 'none' ? this.#broker.unsubscribe(room) : undefined;
  }

  subscribe(room: string): void | Promise<void> {
    const held = this.#held.get(room);
    return held === undefined ? this.#broker.subscribe(room) : held.pending;
  }

  unsubscribe(room: string): void | Promise<void> {
    return this.#held.has(room) ? undefined : this.#broker.unsubscribe(room);
  }

  attach(listener: BrokerListener): void {
    this.#broker.attach(listener);
  }

  publish(room: string, data: Json, options: PublishOptions): Accepted | Promise<Accepted> {
    return this.#broker.publish(room, data, options);
  }

  history(room: string, query?: HistoryQuery): History | Promise<History> {
    return this.#broker.history(room, query);
  }

  removeHistory(room: string): void | Promise<void> {
    return this.#broker.removeHistory(room);
  }

  position(room: string): Position | undefined {
    return this.#broker.position(room);
  }

  join(room: string, member: RoomMember): void | Promise<void> {
    return this.#broker.join(room, member);
  }

  leave(room: string, member: RoomMember): void | Promise<void> {
    return this.#broker.leave(room, member);
  }

  broadcast(data: Json, from?: MemberInfo): void | Promise<void> {
    return this.#broker.broadcast(data, from);
  }

  close(): void | Promise<void> {
    this.#held.clear();
    return this.#broker.close();
  }
}
