/** Opens the rooms of an earlier run, and tells how far that is. */

import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import type { Directory } from '../actors/directory.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Revocations } from '../operations/revocations.ts';
import type { MembershipStore, RoomList } from '../storage/membership-store.ts';
import { startQuietTimer, type Clock } from '../system/clock.ts';
import { eachInTurn } from '../system/turns.ts';
import { forgetRevoked } from './nodes/end-revoked.ts';

/** Rooms that are opened at a time. */
const ROOMS_AT_A_TIME = 256;
/** How often it is told how far it is, in milliseconds. */
const TELL_MS = 10_000;

export interface RestorationProgress {
  /** The rooms are `read` from the store, and `opened` then. */
  readonly step: 'read' | 'opened';
  readonly done: number;
  /** 0: not known yet. */
  readonly total: number;
}

export interface RestorationInput {
  readonly store: Pick<MembershipStore, 'open' | 'rooms'>;
  readonly rooms: Pick<Rooms, 'restore'>;
  readonly directory: Directory;
  readonly revocations: Pick<Revocations, 'list'>;
  readonly events: EventSink;
  readonly clock: Clock;
}

export class Restoration {
  readonly #input: RestorationInput;
  #progress: RestorationProgress | undefined;
  #list: RoomList | undefined;
  #timer: unknown;

  constructor(input: RestorationInput) {
    this.#input = input;
  }

  /** Undefined while there is nothing to do. */
  get progress(): RestorationProgress | undefined {
    return this.#progress;
  }

  /** Opens the store. One that cannot do so lists its rooms, which locks it too. */
  async open(): Promise<void> {
    const { store } = this.#input;
    if (store.open === undefined) this.#list = await store.rooms();
    else await store.open();
  }

  /**
   * Opens all rooms, behind live work. Resolves with whether all of them are open: not where one could not be read, nor when
   * the server stops.
   */
  async run(): Promise<boolean> {
    const { store, rooms, directory, revocations, events, clock } = this.#input;
    const startedAt = clock.monotonic();
    this.#note({ step: 'read', done: 0, total: 0 });
    this.#tellLater();
    try {
      const list =
        this.#list ?? (await store.rooms((done, total) => this.#note({ step: 'read', done, total })));
      const { rooms: names, setAside = [], failures = [] } = list;
      for (const { place, reason } of setAside) {
        events.emit('store.failed', { error: new Error(reason), setAside: place });
      }
      for (const error of failures) events.emit('store.failed', { error });
      let done = 0;
      let isWhole = failures.length === 0;
      await eachInTurn(names, ROOMS_AT_A_TIME, async (name) => {
        const room = rooms.restore(name);
        if (!(room instanceof SupervisedRoom)) {
          isWhole = false;
          return;
        }
        await room.untilOpen();
        done += 1;
        this.#note({ step: 'opened', done, total: names.length });
      });
      forgetRevoked(directory, revocations.list());
      const tookMs = clock.monotonic() - startedAt;
      if (done > 0) events.emit('server.restored', { rooms: done, seconds: Math.round(tookMs) / 1000 });
      return isWhole;
    } finally {
      clock.clearTimeout(this.#timer);
      this.#progress = undefined;
    }
  }

  #note(progress: RestorationProgress): void {
    this.#progress = progress;
  }

  #tellLater(): void {
    const { clock, events } = this.#input;
    this.#timer = startQuietTimer(
      clock,
      () => {
        if (this.#progress !== undefined) events.emit('server.restoring', this.#progress);
        this.#tellLater();
      },
      TELL_MS,
    );
  }
}
