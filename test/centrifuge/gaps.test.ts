/** What clients are told when a broker loses publications. */

import { describe, expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { createLossyBroker } from '../../src/broker/lossy-broker-harness.ts';
import {
  believeData,
  connectCentrifuge,
  openCentrifuge,
  type Message,
} from '../support/centrifuge-client.ts';
import { createGate } from '../support/gate.ts';
import { startServer } from '../support/start-server.ts';

async function start(options: ServerOptions = {}) {
  const broker = createLossyBroker();
  const running = await startServer({
    broker,
    rooms: { 'kept*': { history: { size: 10 } } },
    ...options,
  });
  return { broker, ...running };
}

describe('a publication that was lost', () => {
  test('ends a subscription with 2500 before the next one, and the client recovers both', async () => {
    const { broker, server, ...running } = await start();
    const client = await connectCentrifuge(running);
    const { epoch } = await client.subscribe('kept');
    await server.publish('kept', 1);
    expect(await client.push('pub', 'kept')).toMatchObject({ offset: 1 });
    broker.lose = 1;
    await server.publish('kept', 2);
    await server.publish('kept', 3);
    expect(await client.next()).toEqual({
      push: { channel: 'kept', unsubscribe: { code: 2500, reason: 'insufficient state' } },
    });
    const result = await client.subscribe('kept', { recover: true, offset: 1, epoch });
    expect((result['publications'] as Message[]).map(({ data }) => data as number)).toEqual([2, 3]);
    await server.publish('kept', 4);
    expect(await client.push('pub', 'kept')).toMatchObject({ data: 4, offset: 4 });
  });

  test('is found by the one who publishes too', async () => {
    const { broker, ...running } = await start();
    const client = await connectCentrifuge(running);
    await client.subscribe('kept');
    broker.lose = 1;
    client.send({ publish: { channel: 'kept', data: 1 } }, { publish: { channel: 'kept', data: 2 } });
    expect(await client.push('unsubscribe', 'kept')).toMatchObject({ code: 2500 });
    await client.reply(3);
    await client.reply(4);
    expect(client.messages.filter(({ push }) => push?.pub !== undefined)).toEqual([]);
  });

  test('closes the socket with 3010 where the server has subscribed the client', async () => {
    const { broker, server, ...running } = await start({
      authenticate: () => ({ user: 'ann', rooms: ['kept'] }),
    });
    const client = await connectCentrifuge(running);
    broker.lose = 1;
    await server.publish('kept', 1);
    await server.publish('kept', 2);
    expect(await client.closed).toEqual({ code: 3010, reason: 'insufficient state' });
    expect(client.messages.filter(({ push }) => push !== undefined)).toEqual([]);
  });

  test('is of no interest in a room without history, or to a client of the line protocol', async () => {
    const { broker, server, ...running } = await start();
    const client = await connectCentrifuge(running);
    const line = await running.connect();
    await client.subscribe('other');
    await line.join('kept');
    broker.lose = 1;
    await server.publish('other', 'lost');
    await server.publish('other', 'came');
    expect(await client.push('pub', 'other')).toMatchObject({ data: 'came' });
    broker.lose = 1;
    await server.publish('kept', 'lost');
    await server.publish('kept', 'came');
    expect(await line.next()).toBe('came');
  });
});

test('a client that subscribes while a publication is on its way gets it once', async () => {
  const { broker, server, ...running } = await start();
  const first = await connectCentrifuge(running);
  await first.subscribe('kept');
  broker.isHolding = true;
  await server.publish('kept', 1);
  const client = await connectCentrifuge(running);
  client.send({ subscribe: { channel: 'kept', recover: true, offset: 0 } });
  broker.bring();
  const { subscribe } = await client.reply(2);
  expect(subscribe.publications).toMatchObject([{ data: 1, offset: 1 }]);
  await server.publish('kept', 2);
  expect(await client.push('pub', 'kept')).toMatchObject({ data: 2, offset: 2 });
  expect(await first.push('pub', 'kept')).toMatchObject({ data: 1 });
});

test('a position that cannot be recovered is error 112 where the broker takes time too', async () => {
  const { ...running } = await start();
  const client = await connectCentrifuge(running);
  expect(
    await client.ask({ subscribe: { channel: 'kept', recover: true, offset: 5, flag: 2 } }),
  ).toMatchObject({ error: { code: 112 } });
});

describe('a hole in the stream that is found while a client joins', () => {
  async function startJoining(options: ServerOptions = {}) {
    const gate = createGate();
    const asked = createGate();
    const started = await start({
      rooms: {
        kept: {
          history: { size: 10 },
          async onJoin({ member }) {
            if (member.user !== 'ann') return;
            asked.open();
            await gate.opened;
          },
        },
      },
      authenticate: believeData,
      ...options,
    });
    const first = await connectCentrifuge(started);
    await first.subscribe('kept');
    /** Loses a publication, brings the next one, and lets the client in. */
    async function loseOne(): Promise<void> {
      await asked.opened;
      await started.server.history('kept');
      started.broker.lose = 1;
      for (const n of [1, 2]) await started.server.publish('kept', n);
      gate.open();
    }
    return { ...started, loseOne };
  }

  test('closes the socket with 3010, and the subscribe has no reply', async () => {
    const { loseOne, ...running } = await startJoining();
    const client = await connectCentrifuge(running, { data: 'ann' });
    client.send({ subscribe: { channel: 'kept' } });
    await loseOne();
    expect(await client.closed).toEqual({ code: 3010, reason: 'insufficient state' });
    expect(client.messages).toHaveLength(1);
  });

  test('closes the socket with 3010 instead of an answer to connect', async () => {
    const { loseOne, ...running } = await startJoining({
      authenticate: ({ data }) => (data === 'ann' ? { user: 'ann', rooms: ['kept'] } : undefined),
    });
    const client = await openCentrifuge(running);
    client.send({ connect: { data: 'ann' } });
    await loseOne();
    expect(await client.closed).toMatchObject({ code: 3010 });
    expect(client.messages).toEqual([]);
  });
});
