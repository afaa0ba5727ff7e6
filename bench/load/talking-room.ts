/** A room in which one member sends, with its messages in flight. */

import type { FrameBatch } from './client-frames.ts';
import type { WireClient } from './wire-client.ts';

/** The state of a member. */
export interface Seat {
  readonly room: TalkingRoom;
  readonly roomIndex: number;
  /** Messages that it has received. */
  heard: number;
}

/** A room that sends the next messages when its members have received earlier ones. */
export class TalkingRoom {
  readonly #members: number;
  readonly #isBursty: boolean;
  #window = 0;
  sent = 0;
  /** Messages received by all members together. */
  heard = 0;
  /** The due times of the messages of the steady load, and the number of messages sent before it. */
  readonly schedule: number[] = [];
  saidBefore = 0;
  speaker: { readonly client: WireClient<Seat>; readonly batch: FrameBatch } | undefined;

  /** @param isBursty Whether it waits until all its messages are received, and then sends as many at once. */
  constructor(members: number, isBursty: boolean = false) {
    this.#members = members;
    this.#isBursty = isBursty;
  }

  /** The deliveries that belong to all sent messages. */
  get due(): number {
    return this.sent * this.#members;
  }

  /** Allows so many messages in flight from now on. */
  open(window: number): void {
    this.#window = window;
    this.refill();
  }

  refill(): void {
    // A wrong delivery from another room makes the number negative; it must not cause more messages.
    const onTheirWay = Math.max(0, this.due - this.heard);
    if (this.#isBursty && onTheirWay > 0) return;
    const count = Math.floor((this.#window * this.#members - onTheirWay) / this.#members);
    if (count > 0) this.say(count);
  }

  say(count: number): void {
    this.sent += count;
    this.speaker?.client.write(this.speaker.batch.take(count));
  }
}
