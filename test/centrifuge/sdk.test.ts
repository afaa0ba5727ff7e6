/** The published SDK for JavaScript against this server. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Centrifuge, type Options, type PublicationContext, type Subscription } from 'centrifuge';
import { describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { SECRET, signToken } from '../../src/auth/token-harness.ts';
import { believeData } from '../support/centrifuge-client.ts';
import { pickPort } from '../support/pick-port.ts';
import { startProcess } from '../support/start-process.ts';
import { startServer } from '../support/start-server.ts';
import { makeTempDir } from '../support/temp-dir.ts';

const HISTORY = { size: 100, ttlSeconds: 300 };

/** A client that ends with its test. */
function makeClient({ url }: { readonly url: string }, options: Partial<Options> = {}): Centrifuge {
  const client = new Centrifuge(`${url.replace('http', 'ws')}connection/websocket`, {
    websocket: WebSocket,
    minReconnectDelay: 1,
    maxReconnectDelay: 50,
    ...options,
  });
  onTestFinished(() => client.disconnect());
  return client;
}

async function connect(running: { readonly url: string }, options?: Partial<Options>): Promise<Centrifuge> {
  const client = makeClient(running, options);
  client.connect();
  await client.ready();
  return client;
}

async function subscribe(
  client: Centrifuge,
  room: string,
  options?: Parameters<Centrifuge['newSubscription']>[1],
): Promise<{ subscription: Subscription; seen: PublicationContext[] }> {
  const seen: PublicationContext[] = [];
  const subscription = client.newSubscription(room, {
    minResubscribeDelay: 1,
    maxResubscribeDelay: 50,
    ...options,
  });
  subscription.on('publication', (publication) => seen.push(publication));
  subscription.subscribe();
  await subscription.ready();
  return { subscription, seen };
}

/** The context of the next event with this name. */
function once<Context>(
  emitter: { once(name: never, listener: (context: Context) => void): unknown },
  name: string,
): Promise<Context> {
  return new Promise((resolve) => {
    emitter.once(name as never, resolve);
  });
}

/** Drops the connection of a client, which does not mean to be without one. */
function cut(client: Centrifuge): void {
  (client as unknown as { _transport: { close(): void } })._transport.close();
}

/** Resolves when the subscription has as many publications. */
async function seenAll(subscription: Subscription, seen: readonly unknown[], count: number): Promise<void> {
  while (seen.length < count) await once(subscription, 'publication');
}

describe('the SDK', () => {
  test('connects, subscribes, publishes, and asks for presence and history', async () => {
    const running = await startServer({
      authenticate: believeData,
      rooms: { '*': { history: HISTORY, joinLeave: true } },
    });
    const client = await connect(running, { data: 'ann' });
    const joins: string[] = [];
    const subscription = client.newSubscription('room1', { joinLeave: true });
    subscription.on('join', ({ info }) => joins.push(info.user));
    const published = once(subscription, 'publication');
    subscription.subscribe();
    await subscription.ready();
    await subscription.publish({ text: 'hi' });
    expect(await published).toMatchObject({
      channel: 'room1',
      data: { text: 'hi' },
      offset: 1,
      info: { user: 'ann' },
    });
    expect(joins).toEqual(['ann']);
    expect(Object.values((await subscription.presence()).clients)).toMatchObject([{ user: 'ann' }]);
    expect(await subscription.presenceStats()).toEqual({ numClients: 1, numUsers: 1 });
    expect(await subscription.history({ limit: 10 })).toMatchObject({
      offset: 1,
      publications: [{ data: { text: 'hi' }, offset: 1 }],
    });
    subscription.unsubscribe();
    await client.ready();
    expect((await client.presenceStats('room1')).numClients).toBe(0);
  });

  test('recovers after its connection is cut: all that it missed, once and in order', async () => {
    const running = await startServer({ rooms: { room1: { history: HISTORY } } });
    const client = await connect(running);
    const { subscription, seen } = await subscribe(client, 'room1');
    const subscribed: boolean[] = [];
    subscription.on('subscribed', ({ recovered }) => subscribed.push(recovered));
    for (let round = 0; round < 4; round += 1) {
      const back = once(subscription, 'subscribed');
      for (let n = 0; n < 10; n += 1) {
        await running.server.publish('room1', round * 10 + n);
        if (n === 5) cut(client);
      }
      await back;
    }
    await seenAll(subscription, seen, 40);
    expect(seen.map(({ data }) => data as number)).toEqual(Array.from({ length: 40 }, (_, n) => n));
    expect(subscribed).toEqual([true, true, true, true]);
  });

  test('gets its token from getToken, and a new one when it has expired', async () => {
    const running = await startServer({ auth: { hmacSecret: SECRET, anonymous: false } });
    const expired = await signToken({ sub: 'ann', exp: Math.floor(Date.now() / 1000) - 60 });
    let asked = 0;
    const client = await connect(running, {
      token: expired,
      getToken: () => {
        asked += 1;
        return signToken({ sub: 'ann', exp: Math.floor(Date.now() / 1000) + 600 });
      },
    });
    expect(asked).toBe(1);
    await subscribe(client, 'room1');
    expect(Object.values((await client.presence('room1')).clients)).toMatchObject([{ user: 'ann' }]);
  });

  test('gets tokens of subscriptions from getToken', async () => {
    const running = await startServer({
      auth: { hmacSecret: SECRET },
      rooms: { 'private:*': { may: { join: 'token' } } },
    });
    const client = await connect(running, { token: await signToken({ sub: 'ann' }) });
    await subscribe(client, 'private:1', {
      getToken: ({ channel }) => signToken({ sub: 'ann', channel }),
    });
    const refused = client.newSubscription('private:2', { minResubscribeDelay: 1 });
    const ended = once(refused, 'unsubscribed');
    refused.subscribe();
    expect(await ended).toMatchObject({ code: 103 });
  });

  test('reads deltas', async () => {
    const running = await startServer({ rooms: { room1: { history: HISTORY, delta: true } } });
    const client = await connect(running);
    const { subscription, seen } = await subscribe(client, 'room1', { delta: 'fossil' });
    const document = (n: number) => ({ text: 'the same again and again '.repeat(10), n });
    for (const n of [1, 2, 3]) await running.server.publish('room1', document(n));
    await seenAll(subscription, seen, 3);
    expect(seen.map(({ data }) => data as object)).toEqual([1, 2, 3].map(document));
  });

  test('is told of the rooms to which the server joins it, and recovers them', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', rooms: ['news'] }),
      rooms: { news: { history: HISTORY } },
    });
    const client = makeClient(running);
    const seen: unknown[] = [];
    const subscribed: boolean[] = [];
    client.on('publication', ({ channel, data }) => seen.push([channel, data]));
    client.on('subscribed', ({ recovered }) => subscribed.push(recovered));
    client.connect();
    await client.ready();
    await running.server.publish('news', 1);
    while (seen.length < 1) await once(client, 'publication');
    const connected = once(client, 'connected');
    cut(client);
    await running.server.publish('news', 2);
    await connected;
    await running.server.publish('news', 3);
    while (seen.length < 3) await once(client, 'publication');
    expect(seen).toEqual([1, 2, 3].map((data) => ['news', data]));
    expect(subscribed).toEqual([false, true]);
  });

  test('is sent messages of the server, and sends some', async () => {
    const sent: unknown[] = [];
    const running = await startServer({
      authenticate: believeData,
      onSend: ({ data, server, member }) => {
        sent.push(data);
        void server.send({ connection: member.id }, { echo: data });
      },
    });
    const client = await connect(running, { data: 'ann' });
    const message = once(client, 'message');
    await client.send({ x: 1 });
    expect(await message).toEqual({ data: { echo: { x: 1 } } });
    const another = once(client, 'message');
    await running.server.send({ user: 'ann' }, 'to ann');
    expect(await another).toEqual({ data: 'to ann' });
    expect(sent).toEqual([{ x: 1 }]);
  });

  test('stays away after a message that is too long', async () => {
    const client = await connect(await startServer());
    const ended = once(client, 'disconnected');
    client.publish('room1', 'x'.repeat(100_000)).catch(() => undefined);
    expect(await ended).toMatchObject({ code: 3, reason: 'message size limit exceeded' });
  });

  test('is one of fifty in a room, who all see the same', async () => {
    const running = await startServer({ rooms: { room1: { history: HISTORY } } });
    const clients = await Promise.all(Array.from({ length: 50 }, () => connect(running)));
    const all = await Promise.all(clients.map((client) => subscribe(client, 'room1')));
    await Promise.all(clients.map((client, index) => client.publish('room1', index)));
    await Promise.all(all.map(({ subscription, seen }) => seenAll(subscription, seen, 50)));
    const [first] = all;
    const order = first!.seen.map(({ data }) => data as number);
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n));
    for (const { seen } of all) expect(seen.map(({ data }) => data as number)).toEqual(order);
    expect(first!.seen.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });
});

describe('the SDK against a process', () => {
  test('calls a servant through a room', async () => {
    const running = await startProcess(['--demo', '--data-dir', await makeTempDir()]);
    const client = await connect(running);
    expect(await client.rpc('hello.sayHello', { room: 'room1', args: { name: 'Ada' } })).toEqual({
      data: { ret: 'Hello, Ada!' },
    });
    await expect(client.rpc('nothing', {})).rejects.toMatchObject({ code: 108 });
  });

  test('subscribes anew after a SIGKILL and a restart: the stream has begun anew', async () => {
    const port = await pickPort();
    const dir = await makeTempDir();
    const config = join(dir, 'statecast.json');
    await writeFile(config, JSON.stringify({ rooms: { '*': { history: HISTORY } } }));
    const args = ['--config', config, '--data-dir', join(dir, 'data'), '--port', String(port)];
    const first = await startProcess(args);
    const clients = await Promise.all(Array.from({ length: 10 }, () => connect(first)));
    const all = await Promise.all(clients.map((client) => subscribe(client, 'room1')));
    await clients[0]!.publish('room1', 'before');
    await Promise.all(all.map(({ subscription, seen }) => seenAll(subscription, seen, 1)));
    const again = all.map(({ subscription }) => once(subscription, 'subscribed'));
    first.kill('SIGKILL');
    await first.exited;
    await startProcess(args);
    for (const subscribed of again) {
      expect(await subscribed).toMatchObject({ wasRecovering: true, recovered: false });
    }
    await clients[0]!.ready();
    await clients[0]!.publish('room1', 'after');
    await Promise.all(all.map(({ subscription, seen }) => seenAll(subscription, seen, 2)));
    for (const { seen } of all) expect(seen.map(({ data }) => data as string)).toEqual(['before', 'after']);
    expect(await clients[0]!.presenceStats('room1')).toEqual({ numClients: 10, numUsers: 1 });
  });
});
