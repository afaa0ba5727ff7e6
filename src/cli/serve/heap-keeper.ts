/**
 * Keeps the heap small while thousands of clients connect or leave, and leaves V8 at its defaults otherwise.
 *
 * By default V8 lets a heap grow up to fourfold before it collects the old generation, so the garbage of
 * 10,000 handshakes stays in memory at least as long as the clients. A tight heap is collected and compacted more
 * often. That would slow down messages, and it would not help them: their garbage is short-lived and is collected in
 * the young generation.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventBus } from '../../events/event-bus.ts';

/** From this many connects and disconnects within {@link SETTLED_MS} on, the heap is kept tight. */
const MANY = 1_000;
/** After this many milliseconds with fewer of them, V8 gets its defaults back. */
const SETTLED_MS = 4_000;
/** When at most this share of the clients is left, their garbage is collected. */
const LEFT_BEHIND = 0.5;

/** The controls of V8's heap. */
export interface Heap {
  /** Tight: the old generation grows by a third before it is collected, and it is compacted. Otherwise V8's defaults. */
  setTight(isTight: boolean): void;
  /** Starts a full collection in a later turn of the event loop. It takes milliseconds for each 10 MB in use. */
  collect(): void;
}

type Later = (callback: () => void, delayMs: number) => void;

/**
 * Follows a server's connections. Only for a process in which nothing else runs.
 * @param later Calls back after a delay in milliseconds; the timer must not keep the process alive.
 */
export function keepHeap(
  events: Pick<EventBus, 'on'>,
  heap: Heap = v8Heap,
  later: Later = laterUnlessEnded,
): void {
  let connections = 0;
  let most = 0;
  /** Since the last look. */
  let moves = 0;
  let isLooking = false;
  let isTight = false;

  function move(by: 1 | -1): void {
    connections += by;
    most = Math.max(most, connections);
    moves += 1;
    if (moves === MANY) setTight(true);
    if (!isLooking) lookLater();
  }

  function lookLater(): void {
    isLooking = true;
    later(look, SETTLED_MS);
  }

  function look(): void {
    isLooking = false;
    const isMoving = moves >= MANY;
    moves = 0;
    if (isMoving) {
      lookLater();
      return;
    }
    setTight(false);
    if (most < MANY || connections > most * LEFT_BEHIND) return;
    most = connections;
    heap.collect();
  }

  function setTight(tight: boolean): void {
    if (tight === isTight) return;
    isTight = tight;
    heap.setTight(tight);
  }

  events.on('connection.opened', () => move(1));
  events.on('connection.closed', () => move(-1));
}

/** V8 reads this flag at each decision about a collection, so it can be changed at run time. */
const v8Heap: Heap = {
  setTight: (isTight) => setFlagsFromString(isTight ? '--optimize-for-size' : '--no-optimize-for-size'),
  collect() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: {
      type: 'major';
      execution: 'async';
    }) => Promise<void>;
    setFlagsFromString('--no-expose-gc');
    void collect({ type: 'major', execution: 'async' });
  },
};

function laterUnlessEnded(callback: () => void, delayMs: number): void {
  setTimeout(callback, delayMs).unref();
}
