/** Webhooks: a real server tells a real receiver, which is slow, refuses, is down, and comes back. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  ConfigError,
  createFileOutboxes,
  createServer,
  verifyWebhook,
  type ServerOptions,
} from '../src/index.ts';
import { createMemoryOutbox } from '../src/webhooks/outbox/memory-outbox.ts';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { startReceiver, withoutRepeats, type WebhookReceiver } from './support/webhook-receiver.ts';

const SECRET = 'the secret of the receiver';

function tell(receiver: WebhookReceiver, more: object = {}): ServerOptions {
  const webhook = { name: 'crm', url: receiver.url, secret: SECRET, events: ['*'], ...more };
  return { line: { userParameter: true }, webhooks: [webhook] };
}

test('a receiver is told who came, what was said, and who went, signed', async () => {
  const receiver = await startReceiver();
  const { connect } = await startServer(tell(receiver, { previousSecret: 'the secret before this one' }));
  const ann = await connect({ path: '/?user=ann' });
  await ann.join('room1');
  await ann.ask(sendByRoom('room1', 'hi'));
  ann.close();
  await receiver.until(() => receiver.taken().some(({ type }) => type === 'connection.closed'));
  const events = receiver.taken();
  const client = events.find(({ type }) => type === 'connection.opened')?.client;
  expect(events).toMatchObject([
    { type: 'server.started' },
    { type: 'connection.opened', client, user: 'ann', remote_address: '127.0.0.1' },
    { type: 'member.joined', channel: 'room1', client, user: 'ann' },
    { type: 'message.published', channel: 'room1', client, user: 'ann', data: 'hi', offset: 1 },
    { type: 'member.left', channel: 'room1', client, user: 'ann', reason: 'disconnected' },
    { type: 'connection.closed', client, user: 'ann' },
  ]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  for (const { headers, body, id } of receiver.requests) {
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^statecast\//),
      'x-statecast-id': id,
    });
    for (const secret of [SECRET, 'the secret before this one']) {
      expect(verifyWebhook({ secret, headers, body })).toEqual({ ok: true });
    }
    expect(verifyWebhook({ secret: SECRET, headers, body: `${body} ` })).toMatchObject({ ok: false });
  }
});

test('what a receiver refuses comes again as the same request, and nothing overtakes it', async () => {
  const receiver = await startReceiver();
  receiver.answer = 500;
  const { server, connect, request } = await startServer(tell(receiver, { events: ['message.published'] }));
  const failed = nextEvent(server, 'webhook.failed');
  const recovered = nextEvent(server, 'webhook.recovered');
  const ann = await connect();
  await ann.join('room1');
  await ann.ask(sendByRoom('room1', '1'));
  expect(await failed).toEqual({ webhook: 'crm', error: new Error('status 500') });
  await ann.take(1);
  for (const text of ['2', '3']) {
    ann.send(sendByRoom('room1', text));
    await ann.take(2);
  }
  const health = JSON.parse((await request('/health')).body) as { webhooks: unknown };
  expect(health.webhooks).toMatchObject({ crm: { waiting: 3, oldestSeconds: 0, dropped: 0 } });
  expect(server.states()['webhook crm']).toMatch(/^(waiting|sending\.going)$/);
  receiver.answer = 200;
  await recovered;
  await receiver.until(() => receiver.taken().length >= 3);
  expect(receiver.taken().map(({ data }) => data)).toEqual(['1', '2', '3']);
  const [first] = receiver.requests;
  const again = receiver.requests.filter(({ id }) => id === first?.id);
  expect(again.length).toBeGreaterThan(1);
  expect(new Set(again.map(({ body }) => body)).size).toBe(1);
});

test('a receiver that is down or does not answer gets the events when it is back', async () => {
  const receiver = await startReceiver();
  receiver.answer = 'hang';
  const { server } = await startServer(
    tell(receiver, { events: ['message.published'], timeoutSeconds: 0.1 }),
  );
  const late = nextEvent(server, 'webhook.failed');
  await server.publish('room1', 1);
  expect(await late).toMatchObject({ error: new Error('the receiver did not answer in time') });
  const port = Number(new URL(receiver.url).port);
  await receiver.close();
  await server.publish('room1', 2);
  const back = await startReceiver(port);
  await back.until(() => back.taken().length >= 2);
  expect(back.taken().map(({ data }) => data)).toEqual([1, 2]);
});

test('a server that is closed has told everything', async () => {
  const receiver = await startReceiver();
  const { server, connect } = await startServer(tell(receiver));
  const ann = await connect({ path: '/?user=ann' });
  await ann.join('room1');
  for (let number = 0; number < 250; number += 1) await server.publish('room1', number);
  await server.close();
  const events = withoutRepeats(receiver.taken());
  expect(events.filter(({ type }) => type === 'message.published')).toHaveLength(250);
  expect(events.slice(-2)).toMatchObject([
    { type: 'member.left', reason: 'shutdown' },
    { type: 'connection.closed', code: 3001 },
  ]);
});

test('a server closes within its drain, although a receiver does not answer', async () => {
  const receiver = await startReceiver();
  receiver.answer = 'hang';
  const { server } = await startServer({ ...tell(receiver), drainSeconds: 1 });
  await server.publish('room1', 1);
  await receiver.until(() => receiver.requests.length > 0);
  const stopped = nextEvent(server, 'server.stopped');
  await server.close();
  expect(await stopped).toEqual({ reason: 'deadline' });
});

test('beyond the bound the oldest events are lost, counted and told', async () => {
  const receiver = await startReceiver();
  receiver.answer = 500;
  const { server } = await startServer(tell(receiver, { events: ['message.published'], maxEvents: 10 }));
  const dropped = keepEvents(server, 'webhook.dropped');
  for (let number = 1; number <= 50; number += 1) await server.publish('room1', number);
  expect(dropped[0]).toMatchObject({ webhook: 'crm', reason: 'full' });
  expect(server.health().webhooks?.['crm']).toMatchObject({ waiting: 10, dropped: 40 });
  receiver.answer = 200;
  await receiver.until(() => receiver.taken().some(({ data }) => data === 50));
  expect(withoutRepeats(receiver.taken())).toHaveLength(10);
  await server.close();
  expect(dropped.reduce((sum, { count }) => sum + count, 0)).toBe(40);
});

test('states of machines are told where they are chosen', async () => {
  const receiver = await startReceiver();
  const { connect } = await startServer({
    ...tell(receiver, { events: ['room.occupancy.full', 'membership.joined'] }),
    rooms: { small: { capacity: 2 } },
  });
  const [ann, bob] = [await connect({ path: '/?user=ann' }), await connect({ path: '/?user=bob' })];
  await ann.join('small');
  await bob.join('small');
  await receiver.until(() => receiver.taken().length >= 3);
  const joined = { type: 'state.entered', machine: 'membership', state: 'joined', channel: 'small' };
  const full = { type: 'state.entered', machine: 'room', state: 'active.occupancy.full', channel: 'small' };
  // Bob's seat, the last one, is taken before he has joined.
  expect(receiver.taken()).toMatchObject([{ ...joined, user: 'ann' }, full, { ...joined, user: 'bob' }]);
});

test('a message is acknowledged when its event is kept, although that takes time', async () => {
  const receiver = await startReceiver();
  const kept = createGate();
  let asked = 0;
  const { connect } = await startServer({
    ...tell(receiver, { events: ['message.published'] }),
    outbox: (_, options) => ({
      ...createMemoryOutbox(options),
      written() {
        asked += 1;
        return kept.opened;
      },
    }),
  });
  const ann = await connect();
  await ann.join('room1');
  let isAnswered = false;
  // Its own copy does not wait.
  expect(await ann.ask(sendByRoom('room1', 'hi'))).toBe('hi');
  const answer = ann.next().then((text) => {
    isAnswered = true;
    return text;
  });
  await expect.poll(() => asked).toBe(1);
  const other = await connect();
  await other.join('room1');
  expect(isAnswered).toBe(false);
  kept.open();
  expect(await answer).toBe('SendByRoom success!');
});

test('an outbox that cannot be used stops the start, with what to look at', async () => {
  const dir = join(await makeTempDir(), 'in the way');
  await writeFile(dir, '');
  const server = createServer({
    port: 0,
    outbox: createFileOutboxes({ dir }),
    webhooks: [{ name: 'crm', url: 'http://127.0.0.1:1/hook', events: ['*'] }],
  });
  await expect(server.listen()).rejects.toMatchObject({
    code: 'ENOTDIR',
    message: expect.stringMatching(/^cannot use the outbox of the webhook crm: ENOTDIR: .*in the way/),
  });
});

describe('settings of webhooks', () => {
  const url = 'http://127.0.0.1:1/hook';

  test.each<[string, object[], RegExp]>([
    [
      'an unknown event',
      [{ url, events: ['member.joind'] }],
      /webhooks\[0\]\.events\[0\] .*did you mean member\.joined\?/,
    ],
    ['an unknown state', [{ url, events: ['room.ocupancy.full'] }], /did you mean room\.occupancy\.full\?/],
    [
      'an ambiguous state',
      [{ url, events: ['room.choosing'] }],
      /room\.opening\.choosing, room\.active\.occupancy\.choosing/,
    ],
    ['an unknown pattern', [{ url, events: ['people.*'] }], /a pattern such as member\.\*/],
    ['no events', [{ url, events: [] }], /at least one event/],
    ['no address', [{ events: ['*'] }], /webhooks\[0\] .*with either url or servant/],
    ['two targets', [{ url, servant: 'crm', events: ['*'] }], /with either url or servant/],
    ['an unknown servant', [{ servant: 'crm', events: ['*'] }], /webhooks\[0\]\.servant .*there is none yet/],
    ['a secret for a servant', [{ servant: 'crm', secret: SECRET, events: ['*'] }], /nothing with a servant/],
    ['an address with a password', [{ url: 'http://a:b@c/', events: ['*'] }], /such as https:/],
    [
      'two of one name',
      [
        { url, events: ['*'] },
        { url, events: ['*'] },
      ],
      /a name of its own/,
    ],
    ['a previous secret alone', [{ url, events: ['*'], previousSecret: SECRET }], /unless secret is set too/],
  ])('with %s are refused, with what to do', (_, webhooks, problem) => {
    const make = () => createServer({ webhooks } as ServerOptions);
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(problem);
    expect(make).not.toThrow(new RegExp(SECRET));
  });
});
