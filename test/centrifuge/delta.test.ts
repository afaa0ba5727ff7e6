import { applyDelta } from 'fossil-delta';
import { describe, expect, test } from 'vitest';
import { connectCentrifuge, type CentrifugeClient, type Message } from '../support/centrifuge-client.ts';
import { startServer } from '../support/start-server.ts';

const ROOMS = { a: { delta: true, history: { size: 10 }, joinLeave: true } };

const document = (n: number) => ({ title: 'a long text that stays the same '.repeat(8), n });

/** Reads publications as the SDK does: each is a text in full, or a patch of the one before. */
class DeltaReader {
  #base = new Uint8Array();
  readonly patches: boolean[] = [];

  read({ data, delta }: Message): unknown {
    if (typeof data !== 'string') throw new TypeError('a publication of a delta subscription is a text');
    const bytes = new TextEncoder().encode(data);
    this.patches.push(delta === true);
    this.#base = delta === true ? Uint8Array.from(applyDelta(this.#base, bytes)) : bytes;
    return JSON.parse(new TextDecoder().decode(this.#base));
  }
}

const nextOf = async (client: CentrifugeClient, reader: DeltaReader) =>
  reader.read(await client.push('pub', 'a'));

describe('a subscription with deltas', () => {
  test('has the first publication in full, and then patches', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    const client = await connectCentrifuge(running);
    await server.publish('a', document(0));
    expect(await client.subscribe('a', { delta: 'fossil' })).toMatchObject({ delta: true });
    const reader = new DeltaReader();
    for (const n of [1, 2, 3]) {
      await server.publish('a', document(n));
      expect(await nextOf(client, reader)).toEqual(document(n));
    }
    expect(reader.patches).toEqual([false, true, true]);
  });

  test('is not made where the room does not allow it, or the client does not ask', async () => {
    const { server, ...running } = await startServer({ rooms: { ...ROOMS, b: { history: { size: 5 } } } });
    const client = await connectCentrifuge(running);
    expect(await client.subscribe('b', { delta: 'fossil' })).not.toHaveProperty('delta');
    expect(await client.subscribe('a')).not.toHaveProperty('delta');
    for (const room of ['a', 'b']) {
      await server.publish(room, document(1));
      await server.publish(room, document(2));
      expect(await client.push('pub', room)).toMatchObject({ data: document(1) });
      expect(await client.push('pub', room)).toMatchObject({ data: document(2) });
    }
  });

  test('gets a chain when it recovers, whose first is full, and goes on from there', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    for (const n of [1, 2, 3, 4]) await server.publish('a', document(n));
    const client = await connectCentrifuge(running);
    const result = await client.subscribe('a', { delta: 'fossil', recover: true, offset: 1 });
    expect(result).toMatchObject({ recovered: true, delta: true });
    const reader = new DeltaReader();
    const recovered = (result['publications'] as Message[]).map((publication) => reader.read(publication));
    expect(recovered).toEqual([2, 3, 4].map(document));
    await server.publish('a', document(5));
    expect(await nextOf(client, reader)).toEqual(document(5));
    expect(reader.patches).toEqual([false, true, true, true]);
  });

  test('that recovers nothing has the next publication in full', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    await server.publish('a', document(1));
    const client = await connectCentrifuge(running);
    await client.subscribe('a', { delta: 'fossil', recover: true, offset: 1 });
    await server.publish('a', document(2));
    const reader = new DeltaReader();
    expect(await nextOf(client, reader)).toEqual(document(2));
  });

  test('is right for clients that come at different times, with and without deltas', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    const readers: { client: CentrifugeClient; reader: DeltaReader; from: number }[] = [];
    const plain = await connectCentrifuge(running);
    await plain.subscribe('a');
    for (let n = 1; n <= 6; n += 1) {
      const client = await connectCentrifuge(running);
      await client.subscribe('a', { delta: 'fossil' });
      readers.push({ client, reader: new DeltaReader(), from: n });
      await server.publish('a', document(n));
    }
    for (const { client, reader, from } of readers) {
      for (let n = from; n <= 6; n += 1) expect(await nextOf(client, reader)).toEqual(document(n));
    }
    for (let n = 1; n <= 6; n += 1) expect(await plain.push('pub', 'a')).toMatchObject({ data: document(n) });
  });

  test('never shows in history', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    const client = await connectCentrifuge(running);
    await client.subscribe('a', { delta: 'fossil' });
    await server.publish('a', document(1));
    expect(await client.ask({ history: { channel: 'a', limit: 1 } })).toMatchObject({
      history: { publications: [{ data: document(1) }] },
    });
  });

  test('is told of joins and leaves', async () => {
    const running = await startServer({ rooms: ROOMS });
    const client = await connectCentrifuge(running);
    await client.subscribe('a', { delta: 'fossil' });
    expect(await client.push('join', 'a')).toMatchObject({ info: { client: client.id } });
    const other = await connectCentrifuge(running);
    await other.subscribe('a');
    expect(await client.push('join', 'a')).toMatchObject({ info: { client: other.id } });
    other.terminate();
    expect(await client.push('leave', 'a')).toMatchObject({ info: { client: other.id } });
  });

  test('ends with an unsubscribe, and begins in full again', async () => {
    const { server, ...running } = await startServer({ rooms: ROOMS });
    const client = await connectCentrifuge(running);
    await client.subscribe('a', { delta: 'fossil' });
    await server.publish('a', document(1));
    await client.ask({ unsubscribe: { channel: 'a' } });
    await server.publish('a', document(2));
    await client.settle();
    await client.subscribe('a', { delta: 'fossil' });
    await server.publish('a', document(3));
    const reader = new DeltaReader();
    expect(await nextOf(client, reader)).toEqual(document(3));
    expect(reader.patches).toEqual([false]);
  });

  test('may be one of the server', async () => {
    const { server, ...running } = await startServer({
      rooms: ROOMS,
      authenticate: () => ({ user: 'ann', rooms: ['a'] }),
    });
    const client = await connectCentrifuge(running, { subs: { a: { delta: 'fossil' } } });
    const reader = new DeltaReader();
    for (const n of [1, 2]) {
      await server.publish('a', document(n));
      expect(await nextOf(client, reader)).toEqual(document(n));
    }
    expect(reader.patches).toEqual([false, true]);
  });
});
