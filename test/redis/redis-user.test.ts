/** The user of Redis that docs/operations.md describes has the rights that a server needs. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRedisStatStore } from '../../src/index.ts';
import { toEntry } from '../../src/platform/statistics/stat-counts.ts';
import { describeWithRedis } from '../support/redis.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startServer } from '../support/start-server.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8');
const USER = /^ACL SETUSER statecast .*>PASSWORD .*$/m.exec(PAGE)?.[0] ?? '';

describeWithRedis('the user of Redis in docs/operations.md', (redis) => {
  test('may do all that a server does, and nothing else', async () => {
    await redis().command(...USER.split(' '));
    const url = redis().url.replace('redis://', 'redis://statecast:PASSWORD@');
    const { server, url: address } = await startServer({
      redis: { url },
      rooms: { '*': { history: { size: 10, ttlSeconds: 60 }, joinLeave: true, capacity: 5 } },
      line: { userParameter: true },
      webhooks: [{ url: 'http://127.0.0.1:1/hook', events: ['*'] }],
    });
    const { centrifuge } = createSdkClient(address, {}, '?user=ann');
    const room = centrifuge.newSubscription('room1');
    room.subscribe();
    await room.ready();
    await room.publish('hi');
    await server.publish('room1', 'by the server');
    await server.mute('room1');
    await server.unmute('room1');
    expect((await room.history({ limit: 10 })).publications).toHaveLength(2);
    expect((await room.presenceStats()).numClients).toBe(1);
    await server.setPresence('room1', { id: 'p1', user: 'bob' }, 10_000);
    expect((await server.members('room1')).length).toBeGreaterThan(0);
    await server.removePresence('room1', 'p1');
    expect(await server.info()).toHaveLength(1);
    expect(await server.kick('room1', 'no such member', 'enough')).toBe(false);
    await server.broadcast('to all');
    await server.revoke({ user: 'nobody' });
    await server.unrevoke({ user: 'nobody' });
    await server.removeHistory('room1');
    const store = createRedisStatStore({ url });
    onTestFinished(() => store.close());
    await store.add([toEntry({ object: 'A.B.C', func: 'f', outcome: 'succeeded', ret: 0, durationMs: 1 })]);
    expect(await store.take(1)).toHaveLength(1);
    await server.close();
    expect(await redis().command('ACL', 'LOG')).toEqual([]);
    for (const forbidden of [['FLUSHALL'], ['CONFIG', 'GET', '*'], ['KEYS', '*'], ['GET', 'other:key']]) {
      await expect(
        redis().command('ACL', 'DRYRUN', 'statecast', ...forbidden),
        forbidden.join(' '),
      ).resolves.toMatch(/no permissions/);
    }
  });
});
