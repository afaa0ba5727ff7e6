/**
 * Gives back the memory that thousands of clients leave behind who have come or gone, and leaves V8 at its defaults
 * otherwise.
 *
 * By default V8 lets a heap grow up to fourfold before it collects the old generation, so the garbage of 10,000 handshakes
 * stays in memory at least as long as the clients. It is collected when the crowd has settled, and not before: collections
 * while thousands connect again would take a third of the processor's time when there is least of it.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventBus } from '../../events/event-bus.ts';

/**
 * Has V8 make all objects young. By default it makes the objects of a place in the code old at once when most of them lived
 * long for a while, as those of a crowd that joins do. The same places make the objects of every message: those would keep
 * all that they refer to until the next full collection, at half of the throughput. Whether that happens is chance.
 */
export function makeObjectsYoung(): void {
  setFlagsFromString('--no-allocation-site-pretenuring');
}

/** So many connects and disconnects together leave enough behind to be collected. */
const MANY = 1_000;
/** A crowd has settled when fewer than this share of {@link MANY} came or went for so many milliseconds. */
const STILL = 0.1;
const SETTLED_MS = 1_000;

/** The control of V8's heap. */
export interface Heap {
  /** Starts a full collection that compacts the heap, in a later turn of the event loop. It takes milliseconds for each 10 MB in use. */
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
  /** Since the last collection. */
  let moves = 0;
  let movesBefore = 0;
  let isLooking = false;

  function move(): void {
    moves += 1;
    if (moves >= MANY && !isLooking) lookLater();
  }

  function lookLater(): void {
    isLooking = true;
    movesBefore = moves;
    later(look, SETTLED_MS);
  }

  function look(): void {
    isLooking = false;
    if (moves - movesBefore >= MANY * STILL) {
      lookLater();
      return;
    }
    moves = 0;
    heap.collect();
  }

  events.on('connection.opened', move);
  events.on('connection.closed', move);
}

const v8Heap: Heap = {
  collect() {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as (options: {
      type: 'major';
      execution: 'async';
    }) => Promise<void>;
    setFlagsFromString('--no-expose-gc');
    // V8 reads this flag at each collection: with it, pages that are not full are emptied and freed.
    setFlagsFromString('--optimize-for-size');
    void collect({ type: 'major', execution: 'async' }).finally(() =>
      setFlagsFromString('--no-optimize-for-size'),
    );
  },
};

function laterUnlessEnded(callback: () => void, delayMs: number): void {
  setTimeout(callback, delayMs).unref();
}
