/** Outboxes of several nodes on a real Redis. */

import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectDirectly } from '../../src/redis/direct-redis-harness.ts';
import { RedisKeys } from '../../src/redis/keys.ts';
import { RedisLostError, type Redis, type RedisScript, type Restored } from '../../src/redis/redis.ts';
import { systemClock, type Clock } from '../../src/system/clock.ts';
import { FakeClock } from '../../src/system/clock-harness.ts';
import type { Outbox, OutboxOptions } from '../../src/webhooks/outbox/outbox.ts';
import { MOVE, OUTBOX_SCRIPTS, SETTLE } from '../../src/webhooks/outbox/redis-outbox-scripts.ts';
import { createRedisOutboxes } from '../../src/webhooks/outbox/redis-outbox.ts';
import { describeOutbox } from '../../src/webhooks/outbox/outbox-contract.ts';
import { describeWithRedis } from '../support/redis.ts';

const WEBHOOK = 'crm';
const CHILD = fileURLToPath(new URL('redis-outbox-child.ts', import.meta.url));
const SWEEP_MS = 5_000;
const KILLS = 4;

interface NodeOptions extends Partial<OutboxOptions> {
  readonly redis?: Redis;
  readonly clock?: Clock;
}

/** The nodes of one test, on keys of their own. */
function createNodes(redis: Redis) {
  const keys = new RedisKeys(randomUUID());
  const living = new Set<string>();
  return {
    keys,
    living,
    make({ redis: through = redis, clock = systemClock, ...options }: NodeOptions = {}): Outbox {
      const node = randomUUID();
      living.add(node);
      const create = createRedisOutboxes({ redis: through, keys, node, living: async () => living });
      return create(WEBHOOK, {
        maxEvents: 10_000,
        maxBytes: 10_000_000,
        state: () => '{}',
        onTrouble: () => undefined,
        onDropped: () => undefined,
        ...options,
        clock,
      });
    },
    /** A node that has opened its outbox. */
    async open(options?: NodeOptions): Promise<Outbox> {
      const outbox = this.make(options);
      await outbox.open();
      return outbox;
    },
    /** From now on, no node lives that was made before. */
    killAll: () => living.clear(),
  };
}

async function connect(url: string): Promise<Redis> {
  const redis = await connectDirectly(url, OUTBOX_SCRIPTS);
  onTestFinished(() => redis.close());
  return redis;
}

/** Runs the calls of a script, and loses the answers of the first of them. */
function losingAnswers(redis: Redis, script: RedisScript, count: number): Redis {
  let left = count;
  return {
    ...redis,
    async run(asked, keys, args) {
      const answer = await redis.run(asked, keys, args);
      if (asked !== script || left === 0) return answer;
      left -= 1;
      throw new RedisLostError('lost');
    },
  };
}

function append(outbox: Outbox, ...names: string[]): void {
  for (const name of names) outbox.append({ kind: 'event', text: JSON.stringify({ id: name, time: 1 }) });
}

function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}${index}`);
}

function idOf(text: string): string {
  return (JSON.parse(text) as { id: string }).id;
}

/** Takes all that an outbox has now. */
function takeAll(outbox: Outbox): string[] {
  const ids: string[] = [];
  for (;;) {
    const batch = outbox.next({ events: 100, bytes: 1_000_000 });
    if (batch === undefined) return ids;
    ids.push(...batch.events.map(idOf));
    outbox.take(batch);
  }
}

describeWithRedis('outboxes in Redis', (redis) => {
  describeOutbox(
    { describe, test },
    {
      name: 'the outbox in Redis',
      createPlace: async () => {
        const connection = await connectDirectly(redis().url, OUTBOX_SCRIPTS);
        const nodes = createNodes(connection);
        return {
          make(options) {
            // The run before has ended.
            nodes.killAll();
            return nodes.make(options);
          },
          dispose: () => connection.close(),
        };
      },
    },
  );

  test('each node delivers its own events', async () => {
    const nodes = createNodes(await connect(redis().url));
    const [one, other] = [await nodes.open(), await nodes.open()];
    append(one, 'a', 'b');
    append(other, 'c');
    for (const node of [one, other]) await node.written?.();
    await nodes.open();
    expect([takeAll(one), takeAll(other)]).toEqual([['a', 'b'], ['c']]);
  });

  test('what a dead node has left is delivered once, in its order, whichever nodes look for it', async () => {
    const nodes = createNodes(await connect(redis().url));
    const dead = await nodes.open();
    append(dead, ...numbered('e', 1_300));
    dead.take(dead.next({ events: 50, bytes: 1_000_000 })!);
    await dead.written?.();
    nodes.killAll();
    const heirs = [nodes.make(), nodes.make(), nodes.make()];
    await Promise.all(heirs.map((heir) => heir.open()));
    const taken = heirs.map(takeAll);
    for (const ids of taken)
      expect(ids).toEqual(ids.toSorted((a, b) => Number(a.slice(1)) - Number(b.slice(1))));
    expect(taken.flat().toSorted()).toEqual(numbered('e', 1_300).slice(50).toSorted());
    for (const heir of heirs) await heir.written?.();
    nodes.killAll();
    expect(takeAll(await nodes.open())).toEqual([]);
  });

  test('a node that dies while it takes over leaves nothing undelivered', async () => {
    const connection = await connect(redis().url);
    const nodes = createNodes(connection);
    const dead = await nodes.open();
    append(dead, ...numbered('e', 1_200));
    await dead.written?.();
    nodes.killAll();
    // Its first part was moved, and it did not learn of it.
    await nodes.open({ redis: losingAnswers(connection, MOVE, Infinity) });
    nodes.killAll();
    expect(takeAll(await nodes.open()).toSorted()).toEqual(numbered('e', 1_200).toSorted());
  });

  test('a lost answer while taking over loses no event and repeats none', async () => {
    const connection = await connect(redis().url);
    const nodes = createNodes(connection);
    const dead = await nodes.open();
    append(dead, ...numbered('e', 1_200));
    await dead.written?.();
    nodes.killAll();
    const clock = new FakeClock();
    const heir = await nodes.open({ redis: losingAnswers(connection, MOVE, 2), clock });
    const taken = takeAll(heir);
    await expect
      .poll(() => {
        clock.increment(SWEEP_MS);
        taken.push(...takeAll(heir));
        return taken.length;
      })
      .toBe(1_200);
    expect(taken).toEqual(numbered('e', 1_200));
  });

  test('a living node takes over after a while, and tells of it', async () => {
    const nodes = createNodes(await connect(redis().url));
    const dead = await nodes.open();
    const clock = new FakeClock();
    let adopted = 0;
    const heir = await nodes.open({ clock, onAdopted: () => (adopted += 1) });
    append(dead, 'a');
    await dead.written?.();
    nodes.killAll();
    await expect
      .poll(() => {
        clock.increment(SWEEP_MS);
        return adopted;
      })
      .toBe(1);
    expect(takeAll(heir)).toEqual(['a']);
  });

  test('more is not taken over than there is room for; the rest stays for later', async () => {
    const nodes = createNodes(await connect(redis().url));
    const dead = await nodes.open();
    append(dead, ...numbered('e', 10));
    await dead.written?.();
    nodes.killAll();
    const clock = new FakeClock();
    let dropped = 0;
    const heir = await nodes.open({ maxEvents: 4, clock, onDropped: (count) => (dropped += count) });
    const taken = takeAll(heir);
    expect(taken).toHaveLength(4);
    await expect
      .poll(() => {
        clock.increment(SWEEP_MS);
        taken.push(...takeAll(heir));
        return taken.length;
      })
      .toBe(10);
    expect([taken, dropped]).toEqual([numbered('e', 10), 0]);
  });

  test('of all nodes, one tells that a room is occupied or vacated, also when it does not get the answer', async () => {
    const connection = await connect(redis().url);
    const nodes = createNodes(connection);
    const one = await nodes.open();
    const other = await nodes.open({ redis: losingAnswers(connection, SETTLE, 1) });
    const event = (id: string) => JSON.stringify({ id, time: 1 });
    expect(await one.rooms?.settle('r', true, event('a'))).toBe(true);
    expect(await one.rooms?.settle('r', true, event('b'))).toBe(false);
    await expect(other.rooms?.settle('r', false, event('c'))).rejects.toBeInstanceOf(RedisLostError);
    expect(await other.rooms?.settle('r', false, event('c'))).toBe(true);
    expect(await one.rooms?.settle('r', false, event('d'))).toBe(false);
    expect(await one.rooms?.settle('quiet', true, undefined)).toBe(true);
    expect(await other.rooms?.list()).toEqual(['quiet']);
    expect([takeAll(one), takeAll(other)]).toEqual([['a'], ['c']]);
  });

  test('what happens while Redis is away is written when it is back, and what Redis has lost as well', async () => {
    let connection = await connect(redis().url);
    const listeners = new Set<(restored: Restored) => void>();
    const reconnecting: Redis = {
      ...connection,
      run: (...call) => connection.run(...call),
      command: (...call) => connection.command(...call),
      onRestored(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const nodes = createNodes(reconnecting);
    const troubles: unknown[] = [];
    const outbox = await nodes.open({ onTrouble: (trouble) => troubles.push(trouble) });
    append(outbox, ...numbered('before', 3));
    const batch = outbox.next({ events: 2, bytes: 1_000 })!;
    await outbox.written?.();
    await redis().kill();
    append(outbox, ...numbered('meanwhile', 1_500));
    outbox.take(batch);
    const onItsWay = outbox.next({ events: 2, bytes: 1_000 });
    await expect.poll(() => troubles.length).toBe(1);
    append(outbox, 'later');
    await redis().start();
    connection = await connect(redis().url);
    for (const listener of listeners) listener({ affects: () => true });
    append(outbox, 'last');
    await outbox.close();
    expect(troubles).toHaveLength(1);
    nodes.killAll();
    const left = ['before2', ...numbered('meanwhile', 1_500), 'later', 'last'];
    expect(takeAll(await nodes.open())).toEqual(left);
    expect(onItsWay?.events.map(idOf)).toEqual(left.slice(0, 2));
  });

  test(
    'what a killed process has said to be written is delivered, in order and once',
    { timeout: 60_000 },
    async () => {
      const connection = await connect(redis().url);
      const round = async (): Promise<void> => {
        const nodes = createNodes(connection);
        const printed = await runUntilKilled(redis().url, nodes.keys, 20 + Math.floor(Math.random() * 400));
        const taken = takeAll(await nodes.open());
        expect(taken).toEqual(numbered('e', taken.length));
        expect(taken.length).toBeGreaterThanOrEqual(printed.at(-1)!);
      };
      await Promise.all(Array.from({ length: KILLS }, round));
    },
  );
});

/** Returns what the child has printed: how many events were written. */
async function runUntilKilled(url: string, keys: RedisKeys, lines: number): Promise<number[]> {
  const prefix = keys.nodes.slice(0, keys.nodes.indexOf(':'));
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, url, prefix, randomUUID()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    if (printed.split('\n').length > lines) child.kill('SIGKILL');
  });
  await new Promise((resolve) => child.once('close', resolve));
  const whole = printed.split('\n').slice(0, -1);
  return whole.map(Number);
}
