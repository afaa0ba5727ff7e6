/** Several commands of the HTTP server API in one request. */

import { describe, expect, test } from 'vitest';
import { ask, post } from './support/api-request.ts';
import { startServer } from './support/start-server.ts';

const published = { publish: { offset: expect.any(Number) as number, epoch: expect.any(String) as string } };

describe('a batch', () => {
  test.each([false, true])('is answered command by command, in order (parallel: %s)', async (parallel) => {
    const running = await startServer();
    const client = await running.connect();
    await client.join('room1');
    const commands = [
      { publish: { channel: 'room1', data: 'a' } },
      { publish: { channel: '', data: 'no' } },
      { publish: { channel: 1 } },
      { teleport: {} },
      { publish: { channel: 'room1', data: 'b' }, info: {} },
      { presence_stats: { channel: 'room1' } },
      { publish: null },
      { publish: { channel: 'room1', data: 'c' } },
    ];
    const error = (code: number, message: string) => ({
      error: { code, message: expect.stringContaining(message) as string },
    });
    expect(await ask(running, 'batch', { commands, parallel })).toEqual({
      replies: [
        published,
        error(107, 'publish needs the field channel'),
        error(107, 'channel must be a string'),
        error(104, 'has no method'),
        error(107, 'more than one method'),
        { presence_stats: { num_clients: 1, num_users: 1 } },
        error(107, 'publish needs the field'),
        published,
      ],
    });
    expect(await client.settle()).toEqual(['a', 'c']);
  });

  test('takes a thousand commands', async () => {
    const running = await startServer();
    const commands = Array.from({ length: 1_000 }, () => ({ publish: { channel: 'r', data: 1 } }));
    const { replies } = (await ask(running, 'batch', { commands })) as { replies: object[] };
    expect(replies).toHaveLength(1_000);
    expect(replies.at(-1)).toMatchObject({ publish: { offset: 1_000 } });
    expect(await ask(running, 'batch', { commands: [...commands, {}] })).toMatchObject({
      error: { code: 106 },
    });
    expect(await ask(running, 'batch', {})).toMatchObject({ error: { code: 107 } });
  });

  test('broadcasts to ten thousand channels at most, all commands together', async () => {
    const running = await startServer();
    const channels = Array.from({ length: 5_001 }, (_, index) => `r${index}`);
    const commands = [{ broadcast: { channels, data: 1 } }, { broadcast: { channels, data: 1 } }];
    expect(await ask(running, 'batch', { commands })).toMatchObject({ error: { code: 106 } });
  });

  test('of which a number would lose digits refuses that command only', async () => {
    const running = await startServer();
    const body =
      '{"commands":[{"publish":{"channel":"r","data":9007199254740993}},{"publish":{"channel":"r","data":1}}]}';
    expect(await ask(running, 'batch', body)).toMatchObject({
      replies: [
        { error: { code: 107, message: expect.stringContaining('lose digits') as string } },
        published,
      ],
    });
  });

  test.each([{ commands: {} }, { commands: [1] }, { commands: [], parallel: 1 }])(
    '%j cannot be read',
    async (body) => {
      const { request } = await startServer();
      expect((await request('/api/batch', post(body))).status).toBe(400);
    },
  );
});
