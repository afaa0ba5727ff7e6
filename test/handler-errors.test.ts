/** Where the errors of a library user's handlers go. */

import { format } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';

describe('the errors of handlers', () => {
  const rooms = {
    room1: {
      onJoin: () => fail('onJoin'),
    },
    room2: {
      onMessage: async () => fail('onMessage'),
      onLeave: () => new Promise<void>(() => {}),
    },
    room3: { onMessage: () => new Promise<void>(() => {}) },
  };
  const options = { rooms, limits: { handlerSeconds: 0.05 }, routes: { 'GET /broken': () => fail('route') } };

  async function provoke({ connect, request }: Awaited<ReturnType<typeof startServer>>): Promise<void> {
    const client = await connect();
    client.send('subscribe|room1', 'subscribe|room2');
    expect(await client.ask(sendByRoom('room2', 'hi'))).toMatch(/^Error: /);
    client.send('unsubscribe|room2');
    await client.settle();
    expect(await client.ask(sendByRoom('room3', 'hi'))).toMatch(/^Error: /);
    expect((await request('/broken')).status).toBe(500);
  }

  test('all reach onError: what was thrown, what was rejected, and what came too late', async () => {
    const running = await startServer(options);
    await provoke(running);
    await expect.poll(() => running.errors.length).toBe(5);
    expect(
      running.errors.map(({ where, error }) => `${where}: ${(error as Error).message}`).toSorted(),
    ).toEqual([
      'a request or a frame: route',
      'onJoin of room "room1": onJoin',
      'onLeave of room "room2": onLeave has outlived its deadline',
      'onMessage of room "room2": onMessage',
      'onMessage of room "room3": onMessage has outlived its deadline',
    ]);
  });

  test('are written to standard error with their stacks when there is no onError', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => written.mockRestore());
    const running = await startServer({ ...options, onError: undefined as never });
    await provoke(running);
    await provoke(running);
    await expect.poll(() => written.mock.calls.length).toBe(5);
    const texts = written.mock.calls.map((args) => format(...(args as [string])));
    expect(texts).toContainEqual(
      expect.stringMatching(
        /^statecast: onJoin of room "room1" failed: Error: onJoin\n {4}at .*handler-errors\.test/,
      ),
    );
    expect(texts).toContainEqual(
      expect.stringMatching(/^statecast: onMessage of room "room3" failed: Error: .*deadline\n {4}at /),
    );
    // The stack is of when it happened, and not of the import.
    const late = texts.filter((text) => /deadline/.test(text));
    expect(late).toHaveLength(2);
    for (const text of late) expect(text).not.toMatch(/ModuleLoader|ModuleJob|evaluate|ModuleRunner/i);
  });

  test('of two patterns are two kinds, also when they come from the same place', async () => {
    const written = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => written.mockRestore());
    const { connect } = await startServer({
      rooms: { 'chat*': { onMessage: () => 'B' as never }, 'pay*': { onMessage: () => 'A' as never } },
      onError: undefined as never,
    });
    const client = await connect();
    for (const room of ['chat1', 'chat2', 'pay1', 'pay2']) {
      await client.join(room);
      expect(await client.ask(sendByRoom(room, 'hi'))).toMatch(/^Error: /);
    }
    expect(written.mock.calls.map(([text]) => text as string)).toEqual([
      'statecast: onMessage of room "chat1" failed:',
      'statecast: onMessage of room "pay1" failed:',
    ]);
  });
});

function fail(message: string): never {
  throw new Error(message);
}
