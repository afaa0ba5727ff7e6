import { describe, expect, test } from 'vitest';
import { createHarness, join, settle } from '../actors/actor-harness.ts';
import { parseSettings } from '../config/parse-settings.ts';
import type { SettingsInput } from '../config/schema/settings.ts';
import { createEventBus } from '../events/event-bus.ts';
import { CLOCK_STEPS } from '../system/clock-harness.ts';
import { createHealth, type HealthInput } from './server-health.ts';

const MIB = 1024 * 1024;

function createHealthOf(input: Partial<HealthInput> = {}, settings: SettingsInput = {}) {
  const harness = createHarness();
  const { clock, directory } = harness;
  const parsed = parseSettings(settings);
  if (!parsed.ok) throw new Error('the settings are wrong');
  const health = createHealth({
    settings: parsed.settings,
    life: { isDraining: false },
    restoration: { progress: undefined },
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
    maxConnections: Infinity,
    readMemory: () => ({ used: MIB, limit: 100 * MIB }),
    transport: { name: 'ws', reason: undefined },
    ...input,
  });
  return { ...harness, health };
}

describe.each(Object.entries(CLOCK_STEPS))('when the wall clock is set %s', (_, stepMs) => {
  test('the uptime is as long as the server is up', () => {
    const { clock, health } = createHealthOf();
    clock.increment(90_000);
    clock.stepWallClock(stepMs);
    expect(health().uptimeSeconds).toBe(90);
    clock.increment(10_999);
    expect(health().uptimeSeconds).toBe(100);
  });
});

test('a server is degraded when nine tenths of what it has are in use, and says of what', async () => {
  const memory = { used: 89 * MIB, limit: 100 * MIB };
  const { connect, health } = createHealthOf(
    { maxConnections: 10, readMemory: () => memory },
    { limits: { rooms: 2 } },
  );
  const clients = Array.from({ length: 8 }, () => connect());
  clients[0]?.send(join('room1'));
  await settle();
  expect(health()).toMatchObject({ status: 'ok', connections: 8, rooms: 1 });
  expect(health()).not.toHaveProperty('reasons');
  clients.push(connect());
  clients[0]?.send(join('room2'));
  await settle();
  memory.used = 91 * MIB;
  expect(health()).toMatchObject({
    status: 'degraded',
    reasons: [
      '9 of 10 connections are in use',
      '2 of 2 rooms are in use',
      '91 of 100 MiB of memory are in use',
    ],
  });
});
