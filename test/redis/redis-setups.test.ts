import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RedisKeys } from '../../src/redis/keys.ts';
import { linkRedis } from '../support/link-redis.ts';
import { startSentinels, type SentinelSetup } from '../support/redis-sentinel.ts';
import { describeWithRedisProgram, startRedis, type StartedRedis } from '../support/redis.ts';
import { makeCertificates, type TestCertificates } from '../support/test-certificates.ts';

describeWithRedisProgram('Redis with TLS and a password', () => {
  let dir: string;
  let certificates: TestCertificates;
  let server: StartedRedis;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'statecast-tls-'));
    certificates = await makeCertificates(dir);
    server = await startRedis({ tls: certificates, password: 'secret' });
  });
  afterAll(async () => {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  });

  test('is used with the certificate of who vouches for it', async () => {
    await linkRedis({ url: server.url, caFile: certificates.caFile }, async ({ redis }) => {
      expect(await redis.command('k', ['SET', 'k', 'v'])).toBe('OK');
    });
  });

  test('is refused without that, with a wrong password, and with a file that is not there', async () => {
    const wrong = server.url.replace('secret', 'guess');
    for (const [settings, words] of [
      [{ url: server.url }, /certificate/],
      [{ url: wrong, caFile: certificates.caFile }, /WRONGPASS/],
      [{ url: server.url, caFile: join(dir, 'none.pem') }, /ENOENT/],
    ] as const) {
      await linkRedis(settings, async ({ errors }) => expect(errors()[0]).toMatch(words));
    }
  });

  test('takes a user of its access list, who may use only keys and channels of the prefix', async () => {
    const rights = ['on', '>pw', '~acl:*', '&acl:*', '+@all', '-@dangerous', '+role', '+cluster|slots'];
    await server.command('ACL', 'SETUSER', 'node', ...rights);
    const url = server.url.replace('//:secret', '//node:pw');
    await linkRedis({ url, caFile: certificates.caFile, prefix: 'acl' }, async ({ redis, states }) => {
      expect(states()).toEqual(['ready']);
      await redis.subscribe('acl:x', () => undefined);
      await expect(redis.subscribe('other', () => undefined)).rejects.toThrow('NOPERM');
    });
  });
});

describeWithRedisProgram('Redis with sentinels', () => {
  let setup: SentinelSetup;
  beforeAll(async () => {
    setup = await startSentinels();
  });
  afterAll(() => setup.close());

  test('is followed to another master, and a replica is not taken for one', async () => {
    const [first, second] = setup.servers;
    await linkRedis({ url: second.url }, async ({ errors }) => {
      expect(errors()).toEqual(['this server of Redis is a replica']);
    });
    const { sentinels, name: sentinelMaster } = setup;
    await linkRedis({ url: 'redis://ignored', sentinels, sentinelMaster }, async (linked) => {
      const heard: string[] = [];
      await linked.redis.subscribe('c', (message) => heard.push(message));
      await linked.redis.command('k', ['SET', 'k', 'before']);
      await first.kill();
      await expect.poll(() => linked.redis.isReady).toBe(false);
      await linked.ready();
      expect(await setup.master()).toBe(second.port);
      await linked.redis.publish('c', 'after');
      await expect.poll(() => heard).toEqual(['after']);
      expect(await linked.redis.command('k', ['GET', 'k'])).toBe('before');
    });
  });
});

describeWithRedisProgram('several servers of Redis', () => {
  test('have the rooms between them, each room on one', async () => {
    const servers = await Promise.all([startRedis(), startRedis()]);
    try {
      await linkRedis({ url: servers.map(({ url }) => url) }, async ({ redis, states }) => {
        expect(states()).toEqual(['ready', 'ready']);
        const keys = new RedisKeys('x');
        const rooms = Array.from({ length: 50 }, (_, index) => `room${index}`);
        let restored = 0;
        for (const room of rooms) {
          await redis.command(keys.here(room), ['HSET', keys.here(room), 'f', 'v']);
          await redis.command(keys.until(room), ['ZADD', keys.until(room), '1', 'm']);
          redis.onRestored(({ affects }) => (restored += affects(keys.live(room)) ? 1 : 0));
        }
        const found = await Promise.all(servers.map(async (server) => server.command('KEYS', 'x:*')));
        const shares = found.map((names) => (names as string[]).length / 2);
        expect(shares.every((share) => share > 5 && Number.isInteger(share))).toBe(true);
        expect(shares[0]! + shares[1]!).toBe(50);
        await servers[1].command('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await expect.poll(() => restored).toBe(shares[1]);
      });
    } finally {
      await Promise.all(servers.map((server) => server.close()));
    }
  });
});
