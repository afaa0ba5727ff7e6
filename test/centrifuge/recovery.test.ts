import { describe, expect, test } from 'vitest';
import { connectCentrifuge, type Message } from '../support/centrifuge-client.ts';
import { nextEvent } from '../support/event-watch.ts';
import { startServer } from '../support/start-server.ts';
import type { ServerOptions } from '../../src/index.ts';

/** A room with five publications, and a client. */
async function start(options: ServerOptions = { rooms: { a: { history: { size: 100 } } } }) {
  const running = await startServer(options);
  for (let n = 1; n <= 5; n += 1) await running.server.publish('a', n);
  const { epoch } = await running.server.history('a');
  return { ...running, epoch, client: await connectCentrifuge(running) };
}

const offsetsOf = ({ publications }: Message): number[] =>
  ((publications ?? []) as Message[]).map(({ offset }) => offset as number);

describe('a subscribe that recovers', () => {
  test('has all that was missed, and the offset of the request', async () => {
    const { client, epoch } = await start();
    const result = await client.subscribe('a', { recover: true, offset: 2, epoch });
    expect(result).toMatchObject({
      recovered: true,
      was_recovering: true,
      recoverable: true,
      positioned: true,
      offset: 2,
      epoch,
    });
    expect(result['publications']).toMatchObject([
      { data: 3, offset: 3 },
      { data: 4, offset: 4 },
      { data: 5, offset: 5 },
    ]);
  });

  test('goes on with what is published next, without a hole', async () => {
    const { client, epoch, server } = await start();
    await client.subscribe('a', { recover: true, offset: 4, epoch });
    await server.publish('a', 6);
    expect(await client.push('pub', 'a')).toMatchObject({ data: 6, offset: 6 });
  });

  test('at the top has nothing, and is recovered', async () => {
    const { client, epoch } = await start();
    const result = await client.subscribe('a', { recover: true, offset: 5, epoch });
    expect(result).toEqual({
      recovered: true,
      was_recovering: true,
      recoverable: true,
      positioned: true,
      offset: 5,
      epoch,
    });
  });

  test('from an empty epoch fits any', async () => {
    const { client } = await start();
    const result = await client.subscribe('a', { recover: true, offset: 0 });
    expect(result).toMatchObject({ recovered: true });
    expect(offsetsOf(result)).toEqual([1, 2, 3, 4, 5]);
  });

  test.each([
    ['of another epoch', { offset: 2, epoch: 'other' }, 100],
    ['that is ahead of the stream', { offset: 9 }, 100],
    ['of which a part is not kept any more', { offset: 1 }, 3],
  ])('from a position %s has nothing, the top and the epoch', async (_, position, size) => {
    const { client, epoch } = await start({ rooms: { a: { history: { size } } } });
    expect(await client.subscribe('a', { recover: true, ...position })).toEqual({
      was_recovering: true,
      recoverable: true,
      positioned: true,
      offset: 5,
      epoch,
    });
  });

  test('exactly what is kept is recovered', async () => {
    const { client } = await start({ rooms: { a: { history: { size: 3 } } } });
    expect(offsetsOf(await client.subscribe('a', { recover: true, offset: 2 }))).toEqual([3, 4, 5]);
  });

  test('has 300 publications at most, or none', async () => {
    const { server, client, ...running } = await start({ rooms: { a: { history: { size: 1_000 } } } });
    for (let n = 6; n <= 306; n += 1) await server.publish('a', n);
    const recovered = await client.subscribe('a', { recover: true, offset: 6 });
    expect(offsetsOf(recovered)).toHaveLength(300);
    const other = await connectCentrifuge(running);
    const result = await other.subscribe('a', { recover: true, offset: 5 });
    expect(result).toMatchObject({ was_recovering: true, offset: 306 });
    expect(result).not.toHaveProperty('recovered');
    expect(result).not.toHaveProperty('publications');
  });

  test('with the flag 2 is error 112 where it cannot, and leaves the client out', async () => {
    const { client, server } = await start();
    expect(await client.ask({ subscribe: { channel: 'a', recover: true, offset: 9, flag: 2 } })).toEqual({
      id: 2,
      error: { code: 112, message: 'unrecoverable position' },
    });
    expect(await server.members('a')).toEqual([]);
    expect(await client.subscribe('a', { recover: true, offset: 4, flag: 3 })).toMatchObject({
      recovered: true,
    });
  });

  test('in a room without recovery is positioned only', async () => {
    const { client, epoch } = await start({ rooms: { a: { history: { size: 10, recover: false } } } });
    expect(await client.subscribe('a', { recover: true, offset: 2, epoch })).toEqual({
      was_recovering: true,
      positioned: true,
      offset: 5,
      epoch,
    });
  });

  test('in a room without history has neither flag', async () => {
    const { client } = await start({});
    expect(await client.subscribe('a', { recover: true, offset: 2 })).not.toHaveProperty('recoverable');
  });
});

describe('a room of which the latest publication is kept', () => {
  const CACHE: ServerOptions = { rooms: { a: { history: { size: 1, recover: 'cache' } } } };

  test('gives it to whoever subscribes', async () => {
    const { client } = await start(CACHE);
    const result = await client.subscribe('a');
    expect(result).toMatchObject({ recoverable: true, positioned: true, recovered: true, offset: 5 });
    expect(result['publications']).toMatchObject([{ data: 5, offset: 5 }]);
  });

  test('gives it to a client that is behind, also of another epoch', async () => {
    const { client } = await start(CACHE);
    const result = await client.subscribe('a', { recover: true, offset: 1, epoch: 'other' });
    expect(result).toMatchObject({ recovered: true, was_recovering: true });
    expect(offsetsOf(result)).toEqual([5]);
  });

  test('does not repeat it to a client that has it', async () => {
    const { client, epoch } = await start(CACHE);
    const result = await client.subscribe('a', { recover: true, offset: 5, epoch });
    expect(result).toMatchObject({ recovered: true });
    expect(offsetsOf(result)).toEqual([]);
  });

  test('gives nothing where there is none yet', async () => {
    const running = await startServer(CACHE);
    const client = await connectCentrifuge(running);
    const result = await client.subscribe('a');
    expect(offsetsOf(result)).toEqual([]);
    expect(result).not.toHaveProperty('recovered');
  });
});

describe('the stream of a room', () => {
  test('outlives its members and its actor', async () => {
    const { server, client, epoch, ...running } = await start({
      lingerSeconds: 0,
      rooms: { a: { history: { size: 100 } } },
    });
    const closed = nextEvent(server, 'room.closed');
    await client.subscribe('a');
    client.close();
    await closed;
    await server.publish('a', 6);
    const again = await connectCentrifuge(running);
    const result = await again.subscribe('a', { recover: true, offset: 5, epoch });
    expect(result).toMatchObject({ recovered: true, epoch });
    expect(offsetsOf(result)).toEqual([6]);
  });

  test('has a publication once for a client that subscribes while others publish', async () => {
    const { client, epoch, ...running } = await start();
    const publisher = await connectCentrifuge(running);
    const ids = publisher.send(
      ...Array.from({ length: 50 }, (_, n) => ({ publish: { channel: 'a', data: `live ${n}` } })),
    );
    const result = await client.subscribe('a', { recover: true, offset: 5, epoch });
    await publisher.reply(ids.at(-1)!);
    const live = (await client.settle()).map(({ push }) => (push as Message)['pub'].offset as number);
    expect([...offsetsOf(result), ...live]).toEqual(Array.from({ length: 50 }, (_, index) => index + 6));
  });
});
