/** A room in which one member speaks, and how many of its messages are on their way. */

import type { FrameBatch } from './client-frames.ts';
import type { WireClient } from './wire-client.ts';

/** A member, and its place. */
export interface Seat {
  readonly room: TalkingRoom;
  readonly roomIndex: number;
  /** Messages that it has heard. */
  heard: number;
}

/** A room, from which the next messages are due when members have heard the earlier ones. */
export class TalkingRoom {
  readonly #members: number;
  #window = 0;
  sent = 0;
  /** By all members together. */
  heard = 0;
  /** When the messages of the steady load were due, and how many had been said before. */
  readonly schedule: number[] = [];
  saidBefore = 0;
  speaker: { readonly client: WireClient<Seat>; readonly batch: FrameBatch } | undefined;

  constructor(members: number) {
    this.#members = members;
  }

  /** What members should have heard of all that was said. */
  get due(): number {
    return this.sent * this.#members;
  }

  /** Lets so many messages be on their way from now on. */
  open(window: number): void {
    this.#window = window;
    this.refill();
  }

  refill(): void {
    // What another room's members have said may have been heard here: it is counted, and is no reason to say more.
    const onTheirWay = Math.max(0, this.due - this.heard);
    const count = Math.floor((this.#window * this.#members - onTheirWay) / this.#members);
    if (count > 0) this.say(count);
  }

  say(count: number): void {
    this.sent += count;
    this.speaker?.client.write(this.speaker.batch.take(count));
  }
}
