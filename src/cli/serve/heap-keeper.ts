/**
 * Has V8 keep little more than what is in use while clients come or go by the thousand, and leaves it to its own
 * ways otherwise. It knows how many clients there are, and nothing of what is kept for them.
 *
 * By default V8 lets a heap grow up to fourfold before it collects the old generation, so that the garbage of
 * 10,000 handshakes stays as long as the clients do, and longer. A tight heap is collected and compacted more often,
 * which messages would pay for; and what a message leaves behind dies young, where none of this matters.
 */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EventBus } from '../../events/event-bus.ts';

/** Clients that come and go within {@link SETTLED_MS} without being a matter of memory. */
const MANY = 1_000;
/** How long it has to be quieter than that until the crowd counts as settled, in milliseconds. */
const SETTLED_MS = 4_000;
/** A crowd of which less than this part is left has gone. */
const LEFT_BEHIND = 0.5;

/** What can be asked of V8. */
export interface Heap {
  /** Whether to let the old generation grow by a third before it is collected, and to compact it; or as usual. */
  setTight(isTight: boolean): void;
  /** Collects everything, in a turn of its own. It takes milliseconds for each 10 MB that stay. */
  collect(): void;
}

type Later = (callback: () => void, delayMs: number) => void;

/**
 * Follows a server's connections. For a process that the server has for itself.
 * @param later Calls back after so many milliseconds; it need not keep the process alive.
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

/** V8 reads this flag whenever it decides on a collection, so that it can be changed while it runs. */
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
