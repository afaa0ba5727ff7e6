import { describe, expect, test } from 'vitest';
import { answer, change, drop, refuse } from '../../src/index.ts';
import { believeData, connectCentrifuge } from '../support/centrifuge-client.ts';
import { createGate } from '../support/gate.ts';
import { startServer } from '../support/start-server.ts';

describe('publish', () => {
  test('reaches every subscriber in one order, with offsets that rise by one', async () => {
    const running = await startServer();
    const clients = await Promise.all([1, 2, 3].map(() => connectCentrifuge(running)));
    for (const client of clients) await client.subscribe('a');
    for (const [index, client] of clients.entries()) {
      client.send(...[0, 1, 2, 3].map((n) => ({ publish: { channel: 'a', data: `${index}.${n}` } })));
    }
    const seen = await Promise.all(
      clients.map(async (client) => {
        const publications = [];
        for (let n = 0; n < 12; n += 1) publications.push(await client.push('pub', 'a'));
        return publications;
      }),
    );
    expect(seen[0]!.map(({ offset }) => offset)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  test('carries any JSON, and says who has published', async () => {
    const running = await startServer({
      authenticate: () => ({ user: 'ann', info: { color: 'red' } }),
    });
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    for (const data of [null, 0, false, '', [], {}, { deep: [1, { x: null }] }, 'ünï\u2028"\n']) {
      await client.publish('a', data);
      expect(await client.push('pub', 'a')).toEqual({
        data,
        info: { user: 'ann', client: client.id, conn_info: { color: 'red' } },
        offset: expect.any(Number),
        time: expect.any(Number),
      });
    }
  });

  test('is answered after the own publication', async () => {
    const client = await connectCentrifuge(await startServer());
    await client.subscribe('a');
    client.send({ publish: { channel: 'a', data: 1 } });
    expect(await client.next()).toMatchObject({ push: { channel: 'a', pub: { data: 1 } } });
    expect(await client.next()).toEqual({ id: 3, publish: {} });
  });

  test('needs no membership where the rule asks for none, and is error 103 where it does', async () => {
    const running = await startServer({ rooms: { b: { may: { publish: 'members' } } } });
    const client = await connectCentrifuge(running);
    await client.publish('a', 1);
    expect(await client.ask({ publish: { channel: 'b', data: 1 } })).toMatchObject({ error: { code: 103 } });
    await client.subscribe('b');
    await client.publish('b', 1);
  });

  test('without data is error 107', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ publish: { channel: 'a' } })).toMatchObject({ error: { code: 107 } });
  });

  test('over the rate of the room is error 111, which is temporary', async () => {
    const running = await startServer({ rooms: { a: { messagesPerSecond: 1 } } });
    const client = await connectCentrifuge(running);
    await client.publish('a', 1);
    expect(await client.ask({ publish: { channel: 'a', data: 2 } })).toMatchObject({
      error: { code: 111, temporary: true },
    });
  });

  test('passes onMessage: change, drop, answer', async () => {
    const running = await startServer({
      rooms: {
        a: {
          onMessage({ data }) {
            if (data === 'change') return change('changed');
            if (data === 'drop') return drop('not that');
            return data === 'answer' ? answer({ only: 'you' }) : undefined;
          },
        },
      },
    });
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    await client.publish('a', 'change');
    expect(await client.push('pub', 'a')).toMatchObject({ data: 'changed' });
    expect(await client.ask({ publish: { channel: 'a', data: 'drop' } })).toMatchObject({
      error: { code: 103, message: 'not that' },
    });
    await client.publish('a', 'answer');
    expect(await client.push('message')).toEqual({ data: { only: 'you' } });
  });

  test('waits for no publish of another room', async () => {
    const gate = createGate();
    const running = await startServer({ rooms: { slow: { onMessage: () => gate.opened } } });
    const client = await connectCentrifuge(running);
    client.send({ publish: { channel: 'slow', data: 1 } }, { publish: { channel: 'fast', data: 2 } });
    expect(await client.next()).toEqual({ id: 3, publish: {} });
    gate.open();
    expect(await client.next()).toEqual({ id: 2, publish: {} });
  });
});

describe('rpc', () => {
  test('is answered by onCall, with null too', async () => {
    const running = await startServer({
      onCall({ method, data }) {
        if (method === 'null') return answer(null);
        if (method === 'no') return refuse('not for you', 555);
        if (method === 'broken') throw new Error('broken');
        return method === 'echo' ? answer({ echo: data }) : undefined;
      },
    });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ rpc: { method: 'echo', data: [1] } })).toEqual({
      id: 2,
      rpc: { data: { echo: [1] } },
    });
    expect(await client.ask({ rpc: { method: 'null' } })).toEqual({ id: 3, rpc: { data: null } });
    expect(await client.ask({ rpc: { method: 'no' } })).toEqual({
      id: 4,
      error: { code: 555, message: 'not for you' },
    });
    expect(await client.ask({ rpc: { method: 'other' } })).toMatchObject({ error: { code: 108 } });
    expect(await client.ask({ rpc: { method: 'broken' } })).toMatchObject({
      error: { code: 100, temporary: true },
    });
  });

  test('without a handler is error 108', async () => {
    const client = await connectCentrifuge(await startServer());
    expect(await client.ask({ rpc: { method: 'm', data: {} } })).toEqual({
      id: 2,
      error: { code: 108, message: 'not available' },
    });
  });

  test('above the calls that a connection may have is error 111', async () => {
    const gate = createGate();
    const running = await startServer({
      limits: { callsPerConnection: 2 },
      async onCall() {
        await gate.opened;
        return answer(1);
      },
    });
    const client = await connectCentrifuge(running);
    client.send(...[1, 2, 3].map(() => ({ rpc: { method: 'm' } })));
    expect(await client.next()).toMatchObject({ id: 4, error: { code: 111, temporary: true } });
    gate.open();
    expect(await client.reply(2)).toMatchObject({ rpc: { data: 1 } });
    expect(await client.reply(3)).toMatchObject({ rpc: { data: 1 } });
  });
});

describe('send', () => {
  test('reaches onSend and has no answer', async () => {
    const sent: unknown[] = [];
    const running = await startServer({ onSend: ({ data, member }) => void sent.push([member.id, data]) });
    const client = await connectCentrifuge(running);
    client.send({ send: { data: { x: 1 } } });
    expect(await client.settle()).toEqual([]);
    expect(sent).toEqual([[client.id, { x: 1 }]]);
  });

  test('without a handler closes the socket with 3508', async () => {
    const client = await connectCentrifuge(await startServer());
    client.send({ send: { data: 1 } });
    expect(await client.closed).toEqual({ code: 3508, reason: 'not available' });
  });

  test('of the server reaches one connection, or all of a user', async () => {
    const running = await startServer({ authenticate: believeData });
    const [ann, tab, bo] = await Promise.all(
      ['ann', 'ann', 'bo'].map((data) => connectCentrifuge(running, { data })),
    );
    expect(await running.server.send({ connection: ann!.id }, 'to one')).toBe(true);
    expect(await running.server.send({ user: 'ann' }, { to: 'both' })).toBe(true);
    expect(await running.server.send({ user: 'nobody' }, 1)).toBe(false);
    for (const to of ['ann', {}, { user: 42 }, undefined]) {
      expect(() => running.server.send(to as never, 1)).toThrow(/the receiver must be/);
    }
    expect(await ann!.next()).toEqual({ push: { message: { data: 'to one' } } });
    expect(await ann!.next()).toEqual({ push: { message: { data: { to: 'both' } } } });
    expect(await tab!.next()).toEqual({ push: { message: { data: { to: 'both' } } } });
    expect(await bo!.settle()).toEqual([]);
  });
});
