import { describe, expect, test } from 'vitest';
import type { ServerEvents } from '../events/server-events.ts';
import { CLOCK_STEPS, FakeClock } from '../system/clock-harness.ts';
import { decideSocketLimits, DEFAULT_CONNECTIONS, FullNotice } from './socket-limits.ts';

describe('the number of connections', () => {
  test.each([
    // wanted, limit, used: connections, sockets
    [0, 1_024, 24, 893, 952],
    [0, 128, 24, 48, 56],
    [0, 1_048_576, 24, 1_047_992, 1_048_504],
    [0, 64, 24, 8, 16],
    [500, 1_024, 24, 500, 531],
    [5_000, 1_024, 24, 893, 952],
    [1, 1_024, 24, 1, 513],
    [0, Infinity, 24, Infinity, Infinity],
    [20_000, Infinity, 24, 20_000, 20_512],
  ])(
    'is, for a setting of %d, a limit of %d and %d in use: %d of %d sockets',
    (wanted, limit, used, ...expected) => {
      const { connections, sockets } = decideSocketLimits(wanted, { limit, used }, false);
      expect([connections, sockets]).toEqual(expected);
    },
  );

  test('has a default where descriptors cannot be counted', () => {
    expect(decideSocketLimits(0, undefined, false).connections).toBe(DEFAULT_CONNECTIONS);
    expect(decideSocketLimits(50_000, undefined, false).connections).toBe(50_000);
  });

  test('leaves a reserve, whatever the limit is', () => {
    for (let limit = 96; limit < 5_000; limit += 1) {
      for (const isServant of [false, true]) {
        const { connections, sockets, servantSockets } = decideSocketLimits(
          0,
          { limit, used: 24 },
          isServant,
        );
        expect(connections).toBeGreaterThan(0);
        expect(connections).toBeLessThan(sockets);
        expect(servantSockets > 0).toBe(isServant);
        expect(24 + sockets + servantSockets + 48).toBeLessThanOrEqual(limit);
      }
    }
  });
});

test.each(Object.entries(CLOCK_STEPS))(
  'that the server is full is told once a minute, also when the wall clock is set %s',
  (_, stepMs) => {
    const clock = new FakeClock();
    const told: unknown[] = [];
    const events = {
      emit: (name: keyof ServerEvents, event: object) => void told.push({ name, ...event }),
      isHeard: () => true,
    };
    const notice = new FullNotice(events, clock, 7);
    for (let count = 0; count < 100; count += 1) notice.note();
    clock.stepWallClock(stepMs);
    clock.increment(59_999);
    notice.note();
    expect(told).toEqual([{ name: 'server.full', limit: 7, refused: 1 }]);
    clock.increment(1);
    notice.note();
    expect(told.slice(1)).toEqual([{ name: 'server.full', limit: 7, refused: 101 }]);
  },
);
