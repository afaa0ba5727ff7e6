import { describe, expect, test } from 'vitest';
import { connectCentrifuge, type Message } from '../support/centrifuge-client.ts';
import { startServer } from '../support/start-server.ts';

async function startTen(size = 100) {
  const running = await startServer({ rooms: { a: { history: { size } } } });
  for (let n = 1; n <= 10; n += 1) await running.server.publish('a', n);
  const client = await connectCentrifuge(running);
  const { epoch } = await running.server.history('a');
  const page = async (query: Message): Promise<Message> =>
    (await client.ask({ history: { channel: 'a', ...query } }))['history'] as Message;
  return { ...running, client, epoch, page };
}

const offsetsOf = ({ publications }: Message): number[] =>
  (publications as Message[]).map(({ offset }) => offset as number);

describe('history', () => {
  test.each([{}, { limit: 0 }])('with %j is the position only', async (query) => {
    const { client, epoch } = await startTen();
    expect(await client.ask({ history: { channel: 'a', ...query } })).toEqual({
      id: 2,
      history: { publications: [], epoch, offset: 10 },
    });
  });

  test('has publications with their data and time, the oldest first', async () => {
    const { page, epoch } = await startTen();
    expect(await page({ limit: 2 })).toEqual({
      publications: [
        { data: 1, offset: 1, time: expect.any(Number) },
        { data: 2, offset: 2, time: expect.any(Number) },
      ],
      epoch,
      offset: 10,
    });
  });

  test('goes on after a position, page by page, in both directions', async () => {
    const { page, epoch } = await startTen();
    expect(offsetsOf(await page({ limit: 4, since: { offset: 0, epoch } }))).toEqual([1, 2, 3, 4]);
    expect(offsetsOf(await page({ limit: 4, since: { offset: 4, epoch } }))).toEqual([5, 6, 7, 8]);
    expect(offsetsOf(await page({ limit: 4, since: { offset: 8, epoch } }))).toEqual([9, 10]);
    expect(offsetsOf(await page({ limit: 4, since: { offset: 10, epoch } }))).toEqual([]);
    expect(offsetsOf(await page({ limit: 4, reverse: true }))).toEqual([10, 9, 8, 7]);
    expect(offsetsOf(await page({ limit: 4, reverse: true, since: { offset: 7, epoch } }))).toEqual([
      6, 5, 4, 3,
    ]);
    expect(offsetsOf(await page({ limit: 4, reverse: true, since: { offset: 3, epoch } }))).toEqual([2, 1]);
    expect(offsetsOf(await page({ limit: 4, reverse: true, since: { offset: 1, epoch } }))).toEqual([]);
  });

  test('has no more than the room keeps', async () => {
    const { page } = await startTen(3);
    expect(offsetsOf(await page({ limit: -1 }))).toEqual([8, 9, 10]);
    expect(offsetsOf(await page({ limit: 2, reverse: true }))).toEqual([10, 9]);
  });

  test('has 300 publications at most, also below 0', async () => {
    const running = await startServer({ rooms: { a: { history: { size: 400 } } } });
    for (let n = 1; n <= 400; n += 1) await running.server.publish('a', n);
    const client = await connectCentrifuge(running);
    for (const limit of [-1, 301, 1_000_000]) {
      const { history } = await client.ask({ history: { channel: 'a', limit } });
      expect(offsetsOf(history as Message)).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    }
  });

  test('of another epoch is error 112, and an empty one fits any', async () => {
    const { client, page } = await startTen();
    expect(
      await client.ask({ history: { channel: 'a', limit: 5, since: { offset: 1, epoch: 'other' } } }),
    ).toMatchObject({ error: { code: 112 } });
    expect(offsetsOf(await page({ limit: 2, since: { offset: 1 } }))).toEqual([2, 3]);
  });

  test('in reverse before offset 0 is error 107', async () => {
    const { client, epoch } = await startTen();
    expect(
      await client.ask({ history: { channel: 'a', limit: 5, reverse: true, since: { offset: 0, epoch } } }),
    ).toMatchObject({ error: { code: 107 } });
  });

  test('that is off is error 108, and that nobody may read too', async () => {
    const running = await startServer({
      rooms: { shut: { history: { size: 5 }, may: { history: 'nobody' } } },
    });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ history: { channel: 'a', limit: 1 } })).toMatchObject({ error: { code: 108 } });
    expect(await client.ask({ history: { channel: 'shut', limit: 1 } })).toMatchObject({
      error: { code: 108 },
    });
  });

  test('for members is error 103 to others', async () => {
    const running = await startServer({
      rooms: { a: { history: { size: 5 }, may: { history: 'members' } } },
    });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ history: { channel: 'a', limit: 1 } })).toMatchObject({ error: { code: 103 } });
    await client.subscribe('a');
    expect(await client.ask({ history: { channel: 'a', limit: 1 } })).toHaveProperty('history');
  });

  test('of a room that was never used has an epoch and offset 0', async () => {
    const running = await startServer({ rooms: { '*': { history: { size: 5 } } } });
    const client = await connectCentrifuge(running);
    expect(await client.ask({ history: { channel: 'new' } })).toEqual({
      id: 2,
      history: { publications: [], epoch: expect.stringMatching(/./), offset: 0 },
    });
  });
});
