import { describe, expect, test } from 'vitest';
import { createHarness } from '../actors/actor-harness.ts';
import { parseSettings } from '../config/parse-settings.ts';
import { createEventBus } from '../events/event-bus.ts';
import { CLOCK_STEPS } from '../system/clock-harness.ts';
import { createHealth } from './server-health.ts';

describe.each(Object.entries(CLOCK_STEPS))('when the wall clock is set %s', (_, stepMs) => {
  test('the uptime is as long as the server is up', () => {
    const { clock, directory } = createHarness();
    const parsed = parseSettings({});
    if (!parsed.ok) throw new Error('the defaults are wrong');
    const health = createHealth({
      settings: parsed.settings,
      life: { isDraining: false },
      directory,
      backends: { backends: new Map() },
      webhooks: { health: () => ({}) },
      redis: undefined,
      servants: {
        states: () => ({}),
        proxies: new Map(),
        callerOf: () => ({ call: async () => new Uint8Array() }),
        stop: async () => {},
      },
      events: createEventBus(() => {}),
      clock,
      transport: { name: 'ws', reason: undefined },
    });
    clock.increment(90_000);
    clock.stepWallClock(stepMs);
    expect(health().uptimeSeconds).toBe(90);
    clock.increment(10_999);
    expect(health().uptimeSeconds).toBe(100);
  });
});
