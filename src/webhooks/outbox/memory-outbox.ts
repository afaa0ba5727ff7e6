/** The outbox in memory, for servers that keep nothing on disk: what is not taken ends with the process. */

import { createBatch, readEvent, type Outbox, type OutboxBatch, type OutboxOptions } from './outbox.ts';

type Options = Pick<OutboxOptions, 'maxEvents' | 'maxBytes' | 'onDropped'>;

export interface MemoryOutbox extends Outbox {
  /** All that is not taken, in order: the batch on its way, and what waits. */
  texts(): string[];
}

export function createMemoryOutbox({ maxEvents, maxBytes, onDropped }: Options): MemoryOutbox {
  /** Before `start` they are taken or dropped. */
  let waiting: string[] = [];
  let start = 0;
  let bytes = 0;
  let batch: OutboxBatch | undefined;
  let batchBytes = 0;
  /** The oldest event that was asked about: it is read once. */
  let oldest = { text: '', time: 0 };

  function removeFirst(): number {
    const length = Buffer.byteLength(waiting[start]!);
    start += 1;
    bytes -= length;
    if (start > 1_000 && start * 2 > waiting.length) {
      waiting = waiting.slice(start);
      start = 0;
    }
    return length;
  }

  function end(ended: OutboxBatch): boolean {
    if (ended !== batch) return false;
    batch = undefined;
    batchBytes = 0;
    return true;
  }

  function countEvents(): number {
    return waiting.length - start + (batch?.events.length ?? 0);
  }

  function timeOf(text: string): number {
    if (oldest.text !== text) oldest = { text, time: readEvent(text).time };
    return oldest.time;
  }

  return {
    isPersistent: false,
    open: async () => ({ entries: [], clean: true }),
    append({ kind, text }) {
      if (kind === 'note') return;
      waiting.push(text);
      bytes += Buffer.byteLength(text);
      let dropped = 0;
      // A batch that is on its way is not dropped.
      while (start < waiting.length && (countEvents() > maxEvents || bytes + batchBytes > maxBytes)) {
        removeFirst();
        dropped += 1;
      }
      if (dropped > 0) onDropped(dropped, 'full');
    },
    next(limits) {
      if (batch !== undefined || start === waiting.length) return batch;
      const events: string[] = [];
      while (start < waiting.length && events.length < limits.events) {
        const text = waiting[start]!;
        if (events.length > 0 && batchBytes + Buffer.byteLength(text) > limits.bytes) break;
        events.push(text);
        batchBytes += removeFirst();
      }
      batch = createBatch(events);
      return batch;
    },
    take: (taken) => void end(taken),
    drop(dropped) {
      if (end(dropped)) onDropped(dropped.events.length, 'expired');
    },
    get backlog() {
      const first = batch?.events[0] ?? waiting[start];
      return {
        events: countEvents(),
        bytes: bytes + batchBytes,
        ...(first !== undefined && { oldest: timeOf(first) }),
      };
    },
    texts: () => [...(batch?.events ?? []), ...waiting.slice(start)],
    close: async () => undefined,
  };
}
