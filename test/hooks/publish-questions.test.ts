/** What a backend makes of messages before they are published. */

import type { Subscription } from 'centrifuge';
import { describe, expect, test } from 'vitest';
import { createGate } from '../support/gate.ts';
import { startAnsweringBackend, startHookBackend, type HookRequest } from '../support/hook-backend.ts';
import { sendByRoom } from '../support/line-client.ts';
import { createSdkClient } from '../support/sdk-client.ts';
import { startServer } from '../support/start-server.ts';

const CLIENT = { transport: 'websocket', protocol: 'json', encoding: 'json' };

const subscribed = (subscription: Subscription): Promise<unknown> =>
  new Promise((resolve) => {
    subscription.on('subscribed', resolve);
    subscription.subscribe();
  });

describe('publish', () => {
  test('may replace a message, tag it, keep it out of the history, and is asked before onMessage', async () => {
    const judged: unknown[] = [];
    const backend = await startAnsweringBackend({
      '/publish': { result: { data: { text: 'better' }, tags: { by: 'backend' }, skip_history: true } },
    });
    const { url, server } = await startServer({
      rooms: { '*': { history: { size: 10 }, onMessage: ({ data }) => void judged.push(data) } },
      hooks: { publish: { url: `${backend.url}/publish` } },
    });
    const { centrifuge } = createSdkClient(url);
    const subscription = centrifuge.newSubscription('room1');
    await subscribed(subscription);
    const heard = new Promise((resolve) => subscription.on('publication', resolve));
    await subscription.publish({ text: 'hi' });
    expect(await heard).toMatchObject({ data: { text: 'better' }, tags: { by: 'backend' } });
    expect((await server.history('room1')).publications).toEqual([]);
    expect(judged).toEqual([{ text: 'better' }]);
    expect(backend.bodiesOf('/publish')).toEqual([
      { ...CLIENT, user: '', channel: 'room1', data: { text: 'hi' } },
    ]);
    // What the server itself says is not asked about.
    await server.publish('room1', 'own');
    expect(backend.asked.length).toBe(1);
  });

  test('refuses, and closes, on both protocols', async () => {
    const backend = await startAnsweringBackend({
      '/publish': ({ body }) =>
        body['data'] === 'bye'
          ? { disconnect: { code: 4504, reason: 'enough' } }
          : { error: { code: 470, message: 'rude' } },
    });
    const { url, connect } = await startServer({ hooks: { publish: { url: `${backend.url}/publish` } } });
    const line = await connect();
    expect(await line.ask(sendByRoom('room1', 'hi'))).toBe('Error: rude');
    line.send(sendByRoom('room1', 'bye'));
    expect(await line.closed).toEqual({ code: 4504, reason: 'enough' });
    const { centrifuge } = createSdkClient(url);
    await expect(centrifuge.publish('room1', 'hi')).rejects.toMatchObject({ code: 470, message: 'rude' });
  });

  test('publishes what has the same idempotency key once', async () => {
    const backend = await startAnsweringBackend({ '/publish': { result: { idempotency_key: 'one' } } });
    const { connect } = await startServer({ hooks: { publish: { url: `${backend.url}/publish` } } });
    const client = await connect();
    await client.join('room1');
    expect(await client.ask(sendByRoom('room1', 'a'))).toBe('a');
    expect(await client.next()).toBe('SendByRoom success!');
    expect(await client.ask(sendByRoom('room1', 'b'))).toBe('SendByRoom success!');
    expect(await client.settle()).toEqual([]);
  });

  test('does not count an idempotency key of a message that is refused after all', async () => {
    const backend = await startAnsweringBackend({ '/publish': { result: { idempotency_key: 'one' } } });
    const { connect } = await startServer({
      rooms: {
        '*': { onMessage: ({ data }) => (data === 'a' ? { type: 'drop', reason: 'not a' } : undefined) },
      },
      hooks: { publish: { url: `${backend.url}/publish` } },
    });
    const client = await connect();
    await client.join('room1');
    expect(await client.ask(sendByRoom('room1', 'a'))).toBe('Error: not a');
    expect(await client.ask(sendByRoom('room1', 'b'))).toBe('b');
  });

  test('keeps the order of one client, and holds up no other one', async () => {
    const held = createGate<HookRequest>();
    const backend = await startHookBackend((request) => {
      if (request.body['data'] !== 'first') return { result: {} };
      held.open(request);
      return undefined;
    });
    const { connect } = await startServer({
      hooks: { publish: { url: `${backend.url}/publish`, timeoutSeconds: 30 } },
    });
    const [slow, quick] = [await connect(), await connect()];
    await slow.join('room1');
    await quick.join('room1');
    slow.send(sendByRoom('room1', 'first'), sendByRoom('room1', 'second'));
    const { response } = await held.opened;
    expect(await quick.ask(sendByRoom('room1', 'other'))).toBe('other');
    expect(await quick.next()).toBe('SendByRoom success!');
    response.end('{"result":{}}');
    expect(await quick.take(2)).toEqual(['first', 'second']);
  });

  test('is not asked about broadcasts, which have a rule of their own', async () => {
    const backend = await startAnsweringBackend({ '/publish': { error: { code: 470 } } });
    const { connect } = await startServer({ hooks: { publish: { url: `${backend.url}/publish` } } });
    expect(await (await connect()).ask('broadcast|{"message":"hi"}')).toBe('hi');
    expect(backend.asked).toEqual([]);
  });

  test('cannot make of a message what the schema of the room refuses, or what is too long', async () => {
    const backend = await startAnsweringBackend({
      '/publish': ({ body }) => ({ result: { data: body['channel'] === 'long' ? 'x'.repeat(2_000) : 5 } }),
    });
    const { connect } = await startServer({
      limits: { messageBytes: 1_024 },
      rooms: {
        text: {
          message: {
            '~standard': {
              version: 1,
              vendor: 'test',
              validate: (value: unknown) =>
                typeof value === 'string' ? { value } : { issues: [{ message: 'no text' }] },
            },
          },
        },
      },
      hooks: { publish: { url: `${backend.url}/publish` } },
    });
    const client = await connect();
    expect(await client.ask(sendByRoom('text', 'hi'))).toContain('no text');
    expect(await client.ask(sendByRoom('long', 'hi'))).toContain('Error: ');
  });
});
