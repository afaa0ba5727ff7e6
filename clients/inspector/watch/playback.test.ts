import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advance, formatSpeed, LONGEST_IDLE_MS, SPEEDS } from './playback.ts';
import { SeenLog } from './seen-log.ts';
import { transition } from '../testing/feed-items.ts';

const ROOM = { kind: 'room', id: 'room1' } as const;

/** A log with entries at these times. */
function logOf(...times: readonly number[]): SeenLog {
  const log = new SeenLog(ROOM);
  log.add({ items: times.map((at) => transition(ROOM, { at })), skipped: 0, actors: [] }, 0);
  return log;
}

describe('a replay', () => {
  test('has speeds that are written as fractions', () => {
    expect(SPEEDS.map(formatSpeed)).toEqual(['4×', '2×', '1×', '½×', '¼×', '⅒×', '1⁄50×']);
  });

  test('goes from entry to entry in the time that went by between them', () => {
    const log = logOf(0, 100, 250);
    let at = { position: 1, elapsedMs: 0 };
    at = advance(at, log, 60, 1);
    expect(at).toEqual({ position: 1, elapsedMs: 60 });
    at = advance(at, log, 60, 1);
    expect(at).toEqual({ position: 2, elapsedMs: 20 });
    at = advance(at, log, 130, 1);
    expect(at).toEqual({ position: 3, elapsedMs: 0 });
  });

  test('takes the longer the slower it is', () => {
    const log = logOf(0, 100);
    expect(advance({ position: 1, elapsedMs: 0 }, log, 399, 0.25).position).toBe(1);
    expect(advance({ position: 1, elapsedMs: 0 }, log, 400, 0.25).position).toBe(2);
  });

  test('shortens long pauses, at any speed', () => {
    const log = logOf(0, 3_600_000);
    for (const speed of [4, 1, 0.02]) {
      expect(advance({ position: 1, elapsedMs: 0 }, log, LONGEST_IDLE_MS - 1, speed).position).toBe(1);
      expect(advance({ position: 1, elapsedMs: 0 }, log, LONGEST_IDLE_MS, speed).position).toBe(2);
    }
  });

  test('passes many entries in one frame when they came at once', () => {
    expect(advance({ position: 1, elapsedMs: 0 }, logOf(0, 1, 1, 1, 2, 90), 16, 1)).toEqual({
      position: 5,
      elapsedMs: 14,
    });
  });

  test('only ever goes forward and ends at the end, whatever the times are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom(4, 1, 0.1),
        (times, speed) => {
          const log = logOf(...times);
          let at = { position: log.first, elapsedMs: 0 };
          for (let frames = 0; at.position < log.last; frames += 1) {
            const next = advance(at, log, 100, speed);
            expect(next.position).toBeGreaterThanOrEqual(at.position);
            expect(frames).toBeLessThan((times.length * LONGEST_IDLE_MS) / 100 + 1);
            at = next;
          }
          expect(at).toEqual({ position: log.last, elapsedMs: 0 });
        },
      ),
    );
  });
});
