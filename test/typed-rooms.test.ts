/** Rooms with a schema: what is refused, by whatever way it comes, and what handlers and members get. */

import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  change,
  ConfigError,
  createServer,
  drop,
  RefusedError,
  serve,
  type Json,
  type ServerOptions,
  type StandardSchema,
} from '../src/index.ts';
import { createTestServer, expectRefusal } from '../src/testing.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const chat = z.object({ text: z.string().trim(), tags: z.array(z.string()).default([]) });

async function startTyped<Rooms>(rooms: ServerOptions<{}, unknown, Rooms>['rooms']) {
  const server = createTestServer({ rooms: rooms as NonNullable<typeof rooms> }, { patienceMs: 50 });
  onTestFinished(() => server.close());
  const ann = await server.connect({ user: 'ann' });
  return { server, ann };
}

describe('a message that does not fit', () => {
  test('is refused with 107 and the path, and its handler is not asked', async () => {
    const asked: Json[] = [];
    const { ann } = await startTyped({
      '*': { message: chat, onMessage: ({ data }) => void asked.push(data) },
    });
    await ann.join('room1');
    const wrong = { text: 'hi', tags: ['a', 5] } as never;
    expect(await expectRefusal(ann.say('room1', wrong), 'badRequest')).toMatchObject({
      code: 107,
      message:
        'the message in room1 of ann was refused with 107: message.tags[1]: Invalid input: expected string, received number',
    });
    await ann.refuteMessage('room1');
    expect(asked).toEqual([]);
  });

  test('is refused to the library and to HTTP pushes too', async () => {
    const { server, ann } = await startTyped({ '*': { message: z.string().max(3) } });
    await ann.join('room1');
    const refused = server.server.publish('room1', 'long');
    await expect(refused).rejects.toBeInstanceOf(RefusedError);
    await expect(refused).rejects.toMatchObject({ code: 'badRequest', message: /^message: Too big/ });
    const push = (message: string) =>
      server.request({ path: '/Index/pushByRoom', query: `roomNum=room1&message=${message}` });
    expect(await push('long')).toMatchObject({
      status: 400,
      body: expect.stringContaining('message: Too big'),
    });
    expect(await push('hi')).toMatchObject({ status: 200 });
    await ann.expectMessage('room1', 'hi');
    await ann.refuteMessage('room1');
  });

  test('is refused to clients of the line protocol, over a socket', async () => {
    const { connect } = await startServer({ rooms: { '*': { message: z.enum(['ping', 'pong']) } } });
    const client = await connect();
    client.send('subscribe|room1');
    expect(await client.next()).toBe('Subscribe roomNum:room1 success!');
    client.send(sendByRoom('room1', 'boom'));
    expect(await client.next()).toMatch(/^Error: message: Invalid option/);
    client.send(sendByRoom('room1', 'ping'));
    expect([await client.next(), await client.next()].toSorted()).toEqual(['SendByRoom success!', 'ping']);
  });
});

describe('a message that fits', () => {
  test('goes to the handler and to the members as the schema makes it', async () => {
    const { server, ann } = await startTyped({ '*': { message: chat, history: { size: 5 } } });
    await ann.join('room1');
    await ann.say('room1', { text: '  hi ' });
    await ann.expectMessage('room1', { text: 'hi', tags: [] });
    await server.server.publish('room1', { text: ' server', tags: ['x'] });
    await ann.expectMessage('room1', { text: 'server', tags: ['x'] });
    expect((await ann.history('room1')).publications).toHaveLength(2);
  });

  test('is changed or dropped by the handler', async () => {
    const { ann } = await startTyped({
      '*': {
        message: chat,
        onMessage: ({ data }) =>
          data.text === 'spam' ? drop('no spam') : change({ text: data.text.toUpperCase(), tags: [] }),
      },
    });
    await ann.join('room1');
    await expectRefusal(ann.say('room1', { text: ' spam ' }), /no spam/);
    await ann.say('room1', { text: 'hi' });
    expect(await ann.expectMessage('room1')).toMatchObject({ data: { text: 'HI' } });
  });

  test('is published in a muted and in a throttled room if the server says it, and checked there', async () => {
    const { server, ann } = await startTyped({ '*': { message: z.string(), messagesPerSecond: 1 } });
    await ann.join('room1');
    await ann.say('room1', 'one');
    await expectRefusal(ann.say('room1', 'two'), 'tooManyRequests');
    await server.server.publish('room1', 'throttled');
    await expect(server.server.publish('room1', 1 as never)).rejects.toThrow('expected string');
    await server.clock.advance(1);
    await server.server.mute('room1');
    await expectRefusal(ann.say('room1', 'three'), /muted/);
    await server.server.publish('room1', 'muted');
    await expect(server.server.publish('room1', 2 as never)).rejects.toThrow('expected string');
    expect(ann.received.map((item) => 'data' in item && item.data)).toEqual(['one', 'throttled', 'muted']);
  });
});

describe('a schema', () => {
  test('may be asynchronous, within the deadline of the handlers', async () => {
    const { server, ann } = await startTyped({
      'slow*': { message: z.string().refine(() => sleep(5).then(() => true)) },
      'late*': { message: z.string().refine(() => new Promise<boolean>(() => {})) },
    });
    await ann.join('slow1');
    await ann.say('slow1', 'hi');
    await ann.expectMessage('slow1', 'hi');
    const failed = server.server.publish('late1', 'hi').catch((error: unknown) => error);
    await ann.join('late1');
    const told = ann.say('late1', 'hi');
    await server.clock.advance(5);
    expect(await failed).toMatchObject({ code: 'internal' });
    expect(await expectRefusal(told, 'internal')).toMatchObject({
      cause: { message: 'message has outlived its deadline' },
    });
    expect(server.takeErrors()).toMatchObject([{ where: 'message of room "late1"' }]);
  });

  test('that throws costs that message', async () => {
    const broken: StandardSchema = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate() {
          throw new Error('a mistake');
        },
      },
    };
    const { ann } = await startTyped({ '*': { message: broken } });
    await ann.join('room1');
    expect(await expectRefusal(ann.say('room1', 1), 'internal')).toMatchObject({
      cause: { message: 'a mistake' },
    });
  });

  test('may make what is no JSON, if the handler makes JSON of it', async () => {
    const set = z.string().transform((text) => new Set(text));
    const { ann } = await startTyped({
      'sets*': { message: set, onMessage: ({ data }) => change([...data]) },
      'broken*': { message: set },
    });
    await ann.join('sets1');
    await ann.say('sets1', 'abba');
    expect(await ann.expectMessage('sets1')).toMatchObject({ data: ['a', 'b'] });
    await ann.join('broken1');
    const refused = await expectRefusal(ann.say('broken1', 'abba'), 'internal');
    expect(String(refused.cause)).toContain('made what is no JSON value');
  });

  test('may be a property of a class', async () => {
    class Chat {
      readonly message = z.string();
      readonly #prefix = 'said: ';
      onMessage({ data }: { readonly data: string }) {
        return change(this.#prefix + data);
      }
    }
    const { ann } = await startTyped({ '*': new Chat() });
    await ann.join('room1');
    await expectRefusal(ann.say('room1', 1 as never), 107);
    await ann.say('room1', 'hi');
    expect(await ann.expectMessage('room1')).toMatchObject({ data: 'said: hi' });
  });

  test('that is none is told at once', () => {
    for (const message of ['string', { parse: () => true }, { '~standard': { version: 2 } }]) {
      const rooms = { 'a*': { message: message as never } };
      expect(() => createServer({ rooms })).toThrow(ConfigError);
      expect(() => createServer({ rooms })).toThrow(/rooms\["a\*"\]\.message .*a schema of zod/);
    }
  });

  test('is kept by serve(), beside settings of the same room', async () => {
    const served = await serve({
      args: [],
      port: 0,
      log: { level: 'silent' },
      dataDir: await makeTempDir(),
      authenticate: () => ({ user: 'ann' }),
      onCall: () => undefined,
      rooms: { 'chat:*': { message: chat, capacity: 2, onMessage: () => undefined } },
    });
    onTestFinished(() => served.stop());
    // @ts-expect-error: the text is missing.
    await expect(served.server.publish('chat:1', {})).rejects.toThrow('message.text');
    expect(served.server.settings.rooms).toEqual({ 'chat:*': { capacity: 2 } });
  });
});
