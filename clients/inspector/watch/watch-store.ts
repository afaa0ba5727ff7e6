/**
 * One watched actor as the page shows it: its log, and the moment that is shown. Its subscribers are called at most
 * once a frame, however much arrives.
 */

import type { ActorAddress, FeedItem } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import { browserFrames, oncePerFrame, type FrameClock } from '../ui/frames.ts';
import type { FeedClient } from '../feed/feed.ts';
import { advance, clampPosition, positionOf, type Playback } from './playback.ts';
import { ViewStore } from '../ui/view-store.ts';
import { SeenLog } from './seen-log.ts';

/** The state of the watch at the server. */
export type WatchState =
  | { readonly type: 'asking' }
  | { readonly type: 'watching' }
  /** For example, there is no such actor. */
  | { readonly type: 'refused'; readonly error: string };

/** A new object with each frame in which something changed. */
export interface WatchView {
  readonly actor: ActorAddress;
  readonly state: WatchState;
  /** The live log, or its frozen copy while the page is paused or replays. */
  readonly log: SeenLog;
  readonly playback: Playback;
  /** The moment that is shown. */
  readonly position: number;
  readonly speed: number;
  /** How many entries came after those of `log`. */
  readonly newer: number;
}

export interface WatchStoreOptions {
  readonly client: Pick<FeedClient, 'watch'>;
  readonly actor: ActorAddress;
  /** Default: those of the browser. */
  readonly frames?: FrameClock;
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: () => number;
  /** Called when the watched actor itself ends or fails. */
  readonly onEnd?: (how: 'ended' | 'failed', error: string | undefined) => void;
}

export class WatchStore extends ViewStore<WatchView> {
  readonly actor: ActorAddress;
  readonly #options: WatchStoreOptions;
  readonly #now: () => number;
  readonly #frames: FrameClock;
  readonly #live: SeenLog;
  readonly #changed: () => void;
  #frozen: SeenLog | undefined;
  #state: WatchState = { type: 'asking' };
  #playback: Playback = { type: 'live' };
  #speed = 1;
  #lastFrame: number | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: WatchStoreOptions) {
    const { actor } = options;
    const live = new SeenLog(actor);
    const state: WatchState = { type: 'asking' };
    super({ actor, state, log: live, playback: { type: 'live' }, position: live.last, speed: 1, newer: 0 });
    this.actor = actor;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#frames = options.frames ?? browserFrames;
    this.#live = live;
    this.#changed = oncePerFrame(() => this.#publish(), this.#frames);
  }

  /** Starts the watch. Earlier entries stay, with a gap after them. */
  start(): void {
    this.#unwatch ??= this.#options.client.watch(this.actor, true, {
      began: (actors) => {
        this.#state = { type: 'watching' };
        this.#live.begin(actors, this.#now());
        this.#changed();
      },
      heard: (batch) => {
        this.#live.add(batch, this.#now());
        this.#tellEnd(batch.items);
        this.#changed();
      },
      refused: (error) => {
        // The watch is requested again and again: the same refusal changes nothing.
        if (this.#state.type === 'refused' && this.#state.error === error) return;
        this.#state = { type: 'refused', error };
        this.#changed();
      },
      lost: () => {
        this.#state = { type: 'asking' };
        this.#changed();
      },
    });
  }

  stop(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#state = { type: 'asking' };
  }

  pause(): void {
    this.goTo(this.#position);
  }

  /** Shows another moment; 0 or less is the moment before the first entry that is kept. */
  goTo(position: number): void {
    this.#frozen ??= this.#live.freeze();
    this.#playback = { type: 'paused', position: clampPosition(position, this.#frozen) };
    this.#changed();
  }

  step(by: number): void {
    this.goTo(this.#position + by);
  }

  /** Replays from the shown moment; from the first one if there is nothing after it. */
  replay(): void {
    this.#frozen ??= this.#live.freeze();
    const isAtEnd = this.#position >= this.#frozen.last;
    const position = isAtEnd ? this.#frozen.first : this.#position;
    this.#playback = { type: 'replaying', position, elapsedMs: 0 };
    this.#lastFrame = undefined;
    this.#askForFrame();
    this.#changed();
  }

  setSpeed(speed: number): void {
    this.#speed = speed;
    this.#changed();
  }

  goLive(): void {
    this.#frozen = undefined;
    this.#playback = { type: 'live' };
    this.#changed();
  }

  get #position(): number {
    return positionOf(this.#playback, this.#frozen ?? this.#live);
  }

  #askForFrame(): void {
    this.#frames.request((time) => this.#replayFrame(time));
  }

  #replayFrame(time: number): void {
    if (this.#playback.type !== 'replaying') return;
    const log = this.#frozen ?? this.#live;
    const frameMs = this.#lastFrame === undefined ? 0 : time - this.#lastFrame;
    this.#lastFrame = time;
    const next = advance(this.#playback, log, frameMs, this.#speed);
    if (next.position >= log.last && !this.#thaw(next.position)) return this.#endReplay();
    const hasMoved = next.position !== this.#playback.position;
    this.#playback = { type: 'replaying', ...next };
    // This already runs in a frame: waiting for the next one would be too late.
    if (hasMoved) this.#publish();
    this.#askForFrame();
  }

  #endReplay(): void {
    this.#frozen = undefined;
    this.#playback = { type: 'live' };
    this.#publish();
  }

  /** Takes in the entries that came during the replay; false when there are none. */
  #thaw(position: number): boolean {
    if (this.#live.last <= position) return false;
    this.#frozen = this.#live.freeze();
    return true;
  }

  #publish(): void {
    const log = this.#frozen ?? this.#live;
    this.show({
      actor: this.actor,
      state: this.#state,
      log,
      playback: this.#playback,
      position: positionOf(this.#playback, log),
      speed: this.#speed,
      newer: this.#live.last - log.last,
    });
  }

  #tellEnd(items: readonly FeedItem[]): void {
    for (const item of items) {
      if (item.type !== 'ended' && item.type !== 'failed') continue;
      if (keyOf(item.actor) === keyOf(this.actor)) this.#options.onEnd?.(item.type, item.error);
    }
  }
}
