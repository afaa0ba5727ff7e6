import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { createMemoryControl } from '../../src/broker/control/memory-control.ts';
import { createMemoryPresence } from '../../src/broker/presence/memory-presence.ts';
import { createServer, type ServerOptions, type StatecastServer } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { describeWithRedis } from '../support/redis.ts';

describeWithRedis('a server with Redis', (redis) => {
  async function serve(
    settings: object,
    test: (server: StatecastServer, told: string[]) => Promise<void>,
    parts: ServerOptions = {},
  ) {
    const server = createServer({ port: 0, redis: { url: redis().url, ...settings }, ...parts });
    const told: string[] = [];
    server.on('redis.failed', ({ address, error }) => told.push(`failed ${address}: ${String(error)}`));
    server.on('redis.recovered', ({ address }) => told.push(`recovered ${address}`));
    try {
      await test(server, told);
    } finally {
      await server.close();
    }
  }

  test('tells how the link is', async () => {
    await serve({ prefix: 'health' }, async (server) => {
      await server.listen();
      const address = new URL(redis().url).host;
      expect(server.health()).toMatchObject({ status: 'ok', redis: [{ address, state: 'ready' }] });
      expect(server.states()).toMatchObject({ [`redis ${address}`]: 'ready' });
    });
  });

  test('gives its lease back when it is closed, whatever keeps its members', async () => {
    const leases = () => redis().command('ZCARD', 'own-store:{nodes}');
    const settings = { prefix: 'own-store' };
    await serve(
      settings,
      async (server) => {
        await server.listen();
        await expect.poll(leases).toBe(1);
      },
      { store: createMemoryStore() },
    );
    expect(await leases()).toBe(0);
  });

  test('has no lease where none of its parts needs one', async () => {
    const parts = {
      store: createMemoryStore(),
      presence: createMemoryPresence(),
      control: createMemoryControl(),
    };
    const room = 'a room';
    await serve(
      { prefix: 'no-lease' },
      async (server) => {
        await server.listen();
        await server.publish(room, 'hi');
        await server.mute(room);
        const found = (await redis().command('KEYS', 'no-lease:{nodes}*')) as string[];
        expect(found.toSorted()).toEqual(['no-lease:{nodes}:data', 'no-lease:{nodes}:format']);
      },
      parts,
    );
  });

  test('is named by the port that it has got', async () => {
    await serve({ prefix: 'name' }, async (server) => {
      const { port } = await server.listen();
      expect(await server.info()).toMatchObject([{ name: `${hostname()}:${port}` }]);
    });
  });

  test('starts without it where it is not required, goes on when it is there, and tells both once', async () => {
    await redis().kill();
    await serve({ prefix: 'late' }, async (server, told) => {
      await server.listen();
      expect(server.health()).toMatchObject({ status: 'degraded', redis: [{ error: expect.any(String) }] });
      await redis().start();
      await expect.poll(() => server.health().status).toBe('ok');
      expect(told).toMatchObject([
        expect.stringMatching(/^failed .*ECONNREFUSED/),
        expect.stringMatching(/^recovered/),
      ]);
    });
  });

  test('refuses data that it cannot read', async () => {
    await redis().command('SET', 'old:{nodes}:format', '2');
    await serve({ prefix: 'old' }, async (server, told) => {
      await server.listen();
      expect(server.health().redis?.[0]?.error).toContain(
        'the data in Redis have format 2; this version reads 1',
      );
      expect(told).toHaveLength(1);
      await redis().command('SET', 'old:{nodes}:format', '1');
      await expect.poll(() => server.health().status).toBe('ok');
    });
  });
});
