/**
 * A broker whose rooms are heard by two sorts of listeners: the room itself, which subscribes while it has members here,
 * and those who hold it to hear it without a member. The broker beneath is asked once, and let go when nobody is left.
 */

import type { Broker } from './broker.ts';
import { ForwardingBroker } from './forwarding-broker.ts';

/** Whether a room has subscribed by itself; a promise while that takes time. */
export type RoomSubscription = 'none' | 'made' | Promise<void>;

/** Those who hold a room. */
interface Held {
  holders: number;
  /** While the broker beneath takes time. */
  pending: Promise<void> | undefined;
}

export class HeldBroker extends ForwardingBroker {
  readonly #subscriptionOf: (room: string) => RoomSubscription;
  readonly #held = new Map<string, Held>();

  /** @param subscriptionOf While a room subscribes or unsubscribes, it is `none`. */
  constructor(broker: Broker, subscriptionOf: (room: string) => RoomSubscription) {
    super(broker);
    this.#subscriptionOf = subscriptionOf;
  }

  /** From now on this node hears the room, also without a member. Once it is done, no publication is missed. */
  hold(room: string): void | Promise<void> {
    const held = this.#held.get(room);
    if (held !== undefined) {
      held.holders += 1;
      return held.pending;
    }
    const bySelf = this.#subscriptionOf(room);
    const asked = bySelf === 'none' ? super.subscribe(room) : bySelf;
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
    return this.#subscriptionOf(room) === 'none' ? super.unsubscribe(room) : undefined;
  }

  override subscribe(room: string): void | Promise<void> {
    const held = this.#held.get(room);
    return held === undefined ? super.subscribe(room) : held.pending;
  }

  override unsubscribe(room: string): void | Promise<void> {
    return this.#held.has(room) ? undefined : super.unsubscribe(room);
  }

  override close(): void | Promise<void> {
    this.#held.clear();
    return super.close();
  }
}
