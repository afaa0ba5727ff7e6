import { describe, expect, test } from 'vitest';
import type { ConnectionRef } from '../actors/connection/connection.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { emptyConnections, type DrainingInput, type Pace } from './draining.ts';

/** A server with connections that close as soon as they are told. */
function createServer(count: number) {
  const clock = new FakeClock();
  /** When each was told, in milliseconds since the start, in their order. */
  const told: number[] = [];
  const connections = new Map<string, ConnectionRef>();
  const onEmpty: (() => void)[] = [];
  const began = clock.monotonic();
  function close(id: string): void {
    connections.delete(id);
    if (connections.size === 0) for (const callback of onEmpty) callback();
  }
  for (let index = 0; index < count; index += 1) {
    const id = String(index);
    const connection = {
      send({ type }: { type: string }) {
        expect(type).toBe('server.draining');
        told.push(clock.monotonic() - began);
        close(id);
      },
    };
    connections.set(id, connection as unknown as ConnectionRef);
  }
  const directory = {
    connections,
    rooms: new Map(),
    onceEmpty: (callback: () => void) => void (connections.size === 0 ? callback() : onEmpty.push(callback)),
  };
  const input = { directory, clock, events: { emit() {} } } as unknown as DrainingInput;

  /** Empties the server, and lets time pass until it is empty. Returns how many were told in each second. */
  async function drain(pace: Pace, signal = new AbortController().signal): Promise<readonly number[]> {
    let isDone = false;
    const done = emptyConnections(input, pace, signal).then(() => (isDone = true));
    for (let step = 0; !isDone && step < 100_000; step += 1) {
      await Promise.resolve();
      clock.increment(1);
      await Promise.resolve();
      await Promise.resolve();
    }
    await done;
    const seconds: number[] = [];
    for (const at of told) {
      const second = Math.floor(at / 1000);
      seconds[second] = (seconds[second] ?? 0) + 1;
    }
    return seconds;
  }

  return { connections, told, close, clock, drain };
}

describe('the connections of a server that stops', () => {
  test('are told so many a second, from the first moment on', async () => {
    const { drain, told } = createServer(350);
    const seconds = await drain({ connectionsPerSecond: 100, drainMs: 60_000 });
    for (const count of seconds.slice(0, 3)) expect(Math.abs(count - 100)).toBeLessThanOrEqual(5);
    expect(told).toHaveLength(350);
    expect(told[0]).toBeLessThan(50);
    expect(told.at(-1)).toBeGreaterThan(3_000);
    expect(told.at(-1)).toBeLessThan(3_600);
  });

  test('are told faster when half of the time to drain would not do', async () => {
    const { drain, told } = createServer(4_000);
    await drain({ connectionsPerSecond: 1, drainMs: 4_000 });
    expect(told).toHaveLength(4_000);
    expect(told.at(-1)).toBeGreaterThan(1_500);
    expect(told.at(-1)).toBeLessThanOrEqual(2_000);
  });

  test('are told all at once for 0, in turns of 500', async () => {
    const { drain, told } = createServer(1_200);
    await drain({ connectionsPerSecond: 0, drainMs: 30_000 });
    const turns = new Map<number, number>();
    for (const at of told) turns.set(at, (turns.get(at) ?? 0) + 1);
    expect([...turns.values()]).toEqual([500, 500, 200]);
    expect(told.at(-1)).toBeLessThan(10);
  });

  test('are told all at once when there is no time to drain', async () => {
    const { drain, told } = createServer(10);
    await drain({ connectionsPerSecond: 1, drainMs: 0 });
    expect(told).toEqual(Array.from({ length: 10 }, () => 0));
  });

  test('are told one after the other at less than one in a step', async () => {
    const { drain, told } = createServer(4);
    await drain({ connectionsPerSecond: 2, drainMs: 60_000 });
    expect(told).toHaveLength(4);
    for (const [index, at] of told.entries()) expect(Math.abs(at - index * 500)).toBeLessThanOrEqual(550);
    expect(new Set(told).size).toBe(4);
  });

  test('that have gone meanwhile are not told, and nobody is told when the time is over', async () => {
    const { drain, told, close, clock, connections } = createServer(20);
    for (let index = 10; index < 15; index += 1) clock.setTimeout(() => close(String(index)), 100);
    const over = new AbortController();
    clock.setTimeout(() => over.abort(), 1_500);
    await drain({ connectionsPerSecond: 10, drainMs: 60_000 }, over.signal);
    const left = [...connections.keys()].map(Number);
    expect(left.length).toBeGreaterThan(0);
    expect(told).toHaveLength(20 - 5 - left.length);
    expect(Math.min(...left)).toBe(20 - left.length);
  });
});
