/** Which transitions an actor took between one drawing of its chart and the next. */

import type { ActorAddress } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import type { WatchView } from '../watch/watch-store.ts';

export interface Taken {
  /** A new number whenever a transition was taken since the last drawing. */
  readonly seq: number;
  readonly taken: readonly string[];
}

/** After a longer jump only the last transition is shown. */
const MOST_ENTRIES = 500;

export class TakenSince {
  readonly #key: string;
  #position = 0;
  #view: WatchView | undefined;
  #taken: Taken | undefined;

  constructor(actor: ActorAddress) {
    this.#key = keyOf(actor);
  }

  /** The same object until another transition is taken. */
  at(view: WatchView): Taken | undefined {
    if (view === this.#view) return this.#taken;
    const { log, position } = view;
    const isFirst = this.#view === undefined;
    const isNext = position > this.#position && position - this.#position <= MOST_ENTRIES;
    const from = isNext ? this.#position + 1 : position;
    const hasMoved = position !== this.#position;
    this.#view = view;
    this.#position = position;
    // Transitions before the first drawing are not played.
    if (isFirst || !hasMoved) return this.#taken;
    const taken = new Set<string>();
    for (const { what, key } of log.slice(from, position)) {
      if (what.type === 'transition' && key === this.#key) what.taken.forEach((id) => taken.add(id));
    }
    if (taken.size > 0) this.#taken = { seq: position, taken: [...taken] };
    return this.#taken;
  }
}
