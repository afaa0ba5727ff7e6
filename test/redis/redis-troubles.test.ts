import { createServer, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { linkRedis } from '../support/link-redis.ts';
import { describeWithRedis } from '../support/redis.ts';

const PASSWORD = 'secret-of-redis';

/** A server that answers each command, or what it takes for one, with the same words. */
async function answerWith(words: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => {
      const commands = data.toString().match(/^\*\d+\r$/gm) ?? [''];
      socket.write(words.repeat(commands.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describeWithRedis(
  'a Redis that cannot be used',
  (redis) => {
    async function why(settings: object): Promise<string> {
      let found = '';
      await linkRedis(settings, async ({ errors }) => {
        found = errors()[0] ?? '';
      });
      return found;
    }

    test('says what to do', async () => {
      const { url } = redis();
      const wrong = 'the user and the password of redis.url are not right for this Redis';
      expect(await why({ url: url.replace(PASSWORD, 'guess') })).toContain(`${wrong} (WRONGPASS `);
      expect(await why({ url: url.replace(`:${PASSWORD}@`, '') })).toContain(`${wrong} (NOAUTH `);
      expect(await why({ url, cluster: true })).toContain('set redis.cluster to false');
      const sentinels = { sentinels: [new URL(url).host], sentinelMaster: 'main' };
      expect(await why({ url, ...sentinels })).toContain('the master main is: NOAUTH ');
      expect(await why({ url: await answerWith('HTTP/1.1 400 Bad Request\r\n\r\n') })).toContain('no Redis');
      const old = '%2\r\n+server\r\n+redis\r\n+version\r\n+6.2.14\r\n';
      expect(await why({ url: await answerWith(old) })).toBe(
        'this is Redis 6.2.14, and 7.0 or later is needed',
      );
    });
  },
  { password: PASSWORD },
);
