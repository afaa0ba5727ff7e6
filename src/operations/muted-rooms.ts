/** The rooms in which only the server may publish, on this node: asked when a room opens, and kept in a store. */

import type { EventSink } from '../events/server-events.ts';
import type { MuteChange, MuteStore } from '../storage/mutes/mute-store.ts';
import type { Clock } from '../system/clock.ts';
import { KeptTable } from './kept-table.ts';

/** Most rooms that are muted at a time. */
const MAX_MUTED = 100_000;

export interface MutedRoomsInput {
  readonly store: MuteStore;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Called with what other nodes have changed, when the store is read again. */
  readonly onFound: (change: MuteChange) => void;
  /** Called when a store that had lost everything was told again: other nodes are to read it. */
  readonly onToldAgain?: () => void;
  /** Default 100,000. */
  readonly maxMuted?: number;
}

export class MutedRooms {
  readonly #table: KeptTable<string, MuteChange>;
  readonly #max: number;

  constructor({ store, clock, events, onFound, onToldAgain, maxMuted = MAX_MUTED }: MutedRoomsInput) {
    this.#max = maxMuted;
    this.#table = new KeptTable({
      store,
      clock,
      events,
      keyOf: (room) => room,
      toChange: (room) => ({ room, muted: true }),
      onLoaded(added, gone) {
        for (const room of added) onFound({ room, muted: true });
        for (const room of gone) onFound({ room, muted: false });
      },
      onToldAgain,
      name: 'muted rooms',
    });
  }

  load(): Promise<void> {
    return this.#table.load();
  }

  /** Another node has told the store again what it had lost. */
  reload(): void {
    this.#table.reload();
  }

  has(room: string): boolean {
    return this.#table.rows.has(room);
  }

  /** Whether it can be muted: there are not too many, or it is muted already. */
  takes(room: string): boolean {
    return this.#table.rows.size < this.#max || this.has(room);
  }

  /** False if it is one too many. */
  mute(room: string): boolean {
    if (!this.takes(room)) return false;
    if (!this.has(room)) this.#table.set(room);
    return true;
  }

  /** Returns whether it was muted. */
  unmute(room: string): boolean {
    if (!this.has(room)) return false;
    this.#table.delete(room, { room, muted: false });
    return true;
  }

  list(): string[] {
    return [...this.#table.rows.keys()];
  }

  close(): Promise<void> {
    return this.#table.close();
  }
}
