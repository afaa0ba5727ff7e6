/**
 * Timers for many actors, with one timer of the clock for all of them. An XState timer would need a system for each actor
 * (shared-system.ts), and a timer of the clock takes more memory than a timer here. Times are rounded up to whole ticks.
 */

import type { EventObject } from 'xstate';
import type { Clock } from '../../system/clock.ts';
import { send } from './send.ts';

/** The length of a tick: an event comes up to this much later than asked for. */
const DEFAULT_TICK_MS = 250;

/** The receiver of an event. */
interface Target<Event extends EventObject> {
  send(event: Event): void;
}

/** An event that will be sent. */
export class WheelTimer {
  readonly #target: Target<EventObject>;
  readonly #event: EventObject;
  /** The number of the tick in which it is due. */
  readonly tick: number;

  constructor(target: Target<EventObject>, event: EventObject, tick: number) {
    this.#target = target;
    this.#event = event;
    this.tick = tick;
  }

  fire(): void {
    send(this.#target, this.#event, 'timer');
  }
}

export class TimerWheel {
  readonly #clock: Clock;
  readonly #tickMs: number;
  /** The timers by their tick. */
  readonly #slots = new Map<number, Set<WheelTimer>>();
  /** The clock's timer for the next tick; undefined while no timer waits. */
  #next: unknown;

  constructor(clock: Clock, tickMs: number = DEFAULT_TICK_MS) {
    this.#clock = clock;
    this.#tickMs = tickMs;
  }

  /** How many timers wait. */
  get size(): number {
    let size = 0;
    for (const slot of this.#slots.values()) size += slot.size;
    return size;
  }

  /** Sends the event to the target after `delayMs` milliseconds, unless the timer is cancelled. */
  schedule<Event extends EventObject>(target: Target<Event>, event: Event, delayMs: number): WheelTimer {
    const tick = Math.ceil((this.#clock.monotonic() + delayMs) / this.#tickMs);
    const timer = new WheelTimer(target, event, tick);
    const slot = this.#slots.get(tick) ?? new Set();
    this.#slots.set(tick, slot.add(timer));
    this.#next ??= this.#wait();
    return timer;
  }

  /** Cancels a timer. Does nothing if it has fired or was cancelled before. */
  cancel(timer: WheelTimer): void {
    const slot = this.#slots.get(timer.tick);
    slot?.delete(timer);
    if (slot?.size === 0) this.#slots.delete(timer.tick);
    if (this.#slots.size === 0) this.#stop();
  }

  #wait(): unknown {
    const untilTick = this.#tickMs - (this.#clock.monotonic() % this.#tickMs);
    return this.#clock.setTimeout(() => this.#turn(), untilTick);
  }

  #stop(): void {
    if (this.#next !== undefined) this.#clock.clearTimeout(this.#next);
    this.#next = undefined;
  }

  #turn(): void {
    this.#next = undefined;
    const now = Math.floor(this.#clock.monotonic() / this.#tickMs);
    for (const [tick, slot] of this.#slots) {
      if (tick > now) continue;
      this.#slots.delete(tick);
      for (const timer of slot) timer.fire();
    }
    if (this.#slots.size > 0) this.#next ??= this.#wait();
  }
}
