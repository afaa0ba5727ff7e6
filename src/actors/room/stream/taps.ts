/** Keeps what a room publishes while a client that joins waits for the room's history. It knows no clients. */

import type { BrokerListener } from '../../../broker/broker.ts';
import type { Publication } from '../../../protocol/command.ts';

/** Publications of one room since the tap was opened, in order. */
export interface Tap {
  readonly publications: readonly Publication[];
  close(): void;
}

/** The publications of this node, for whoever has to hear them from some moment on. Attach it to the broker. */
export class Taps implements Pick<BrokerListener, 'publication'> {
  readonly #open = new Map<string, Set<Publication[]>>();

  publication(publication: Publication): void {
    if (this.#open.size > 0) this.#keep(publication);
  }

  open(room: string): Tap {
    const kept: Publication[] = [];
    const ofRoom = this.#open.get(room) ?? new Set();
    this.#open.set(room, ofRoom.add(kept));
    return {
      publications: kept,
      close: () => {
        ofRoom.delete(kept);
        if (ofRoom.size === 0 && this.#open.get(room) === ofRoom) this.#open.delete(room);
      },
    };
  }

  /** A function of its own, because `publication` is called for every message (docs/decisions/0013-written-for-every-message.md). */
  #keep(publication: Publication): void {
    for (const kept of this.#open.get(publication.room) ?? []) kept.push(publication);
  }
}
