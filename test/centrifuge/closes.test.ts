import { describe, expect, test } from 'vitest';
import { connectCentrifuge, openCentrifuge } from '../support/centrifuge-client.ts';
import { createGate } from '../support/gate.ts';
import { startServer } from '../support/start-server.ts';

describe('the server closes a socket', () => {
  test('with 3503 and a reason when it is told to', async () => {
    const running = await startServer();
    const client = await connectCentrifuge(running);
    await running.server.disconnect(client.id, 'go away');
    expect(await client.closed).toEqual({ code: 3503, reason: 'go away' });
    expect(client.messages).toHaveLength(1);
  });

  test('with a reason of 123 bytes at most', async () => {
    const running = await startServer();
    const client = await connectCentrifuge(running);
    await running.server.disconnect(client.id, 'é'.repeat(100));
    expect(await client.closed).toEqual({ code: 3503, reason: 'é'.repeat(61) });
  });

  test('with 3001 when it shuts down, connected or not', async () => {
    const running = await startServer();
    const client = await connectCentrifuge(running);
    const greeting = await openCentrifuge(running);
    await running.server.close();
    expect(await client.closed).toEqual({ code: 3001, reason: 'shutdown' });
    expect(await greeting.closed).toEqual({ code: 3001, reason: 'shutdown' });
  });

  test('with 3001 after what is under way is answered', async () => {
    const gate = createGate();
    const asked = createGate();
    const running = await startServer({
      async onCall() {
        asked.open();
        await gate.opened;
      },
    });
    const client = await connectCentrifuge(running);
    client.send({ rpc: { method: 'm' } });
    await asked.opened;
    const closed = running.server.close();
    gate.open();
    expect(await client.reply(2)).toMatchObject({ error: { code: 108 } });
    expect(await client.closed).toMatchObject({ code: 3001 });
    await closed;
  });

  test('with 3008 when the client does not read', async () => {
    const running = await startServer({ limits: { sendQueueBytes: 64 * 1024 } });
    const client = await connectCentrifuge(running);
    await client.subscribe('a');
    const overflowed = new Promise((resolve) => {
      running.server.on('connection.closed', resolve);
    });
    client.pause();
    const text = 'x'.repeat(60_000);
    let isOver = false;
    void overflowed.then(() => (isOver = true));
    while (!isOver) {
      await running.server.publish('a', text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await overflowed).toMatchObject({ code: 3008 });
  });

  test('with 3013 when more commands wait than it keeps', async () => {
    const gate = createGate();
    const running = await startServer({
      limits: { receiveQueueBytes: 65_536 },
      async authenticate() {
        await gate.opened;
      },
    });
    const client = await openCentrifuge(running);
    client.send({ connect: {} }, ...Array.from({ length: 500 }, () => ({ subscribe: { channel: 'a' } })));
    expect(await client.closed).toMatchObject({ code: 3013 });
    gate.open();
  });
});
