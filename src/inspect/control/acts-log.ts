/** Tells of each use of the control, and keeps the latest ones for the page. Messages and reasons are not kept. */

import type { EventSink, ServerEvents } from '../../events/server-events.ts';
import type { ActRecord } from '../feed/feed-protocol.ts';

/** So many are kept. */
const MAX_ACTS = 100;

export class ActsLog {
  readonly #events: Pick<EventSink, 'emit'>;
  readonly #now: () => number;
  readonly #acts: ActRecord[] = [];

  /** @param now the date, in milliseconds since 1970 */
  constructor(events: Pick<EventSink, 'emit'>, now: () => number) {
    this.#events = events;
    this.#now = now;
  }

  note(act: ServerEvents['control.used']): void {
    this.#acts.push({ at: this.#now(), ...act });
    if (this.#acts.length > MAX_ACTS) this.#acts.shift();
    this.#events.emit('control.used', act);
  }

  /** The latest first; only those of a room, if one is given. */
  latest(room?: string): ActRecord[] {
    return this.#acts.filter((act) => room === undefined || act.room === room).toReversed();
  }
}
