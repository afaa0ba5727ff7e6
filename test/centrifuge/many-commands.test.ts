import { describe, expect, test } from 'vitest';
import { connectCentrifuge } from '../support/centrifuge-client.ts';
import { startServer } from '../support/start-server.ts';

const LONG = 'x'.repeat(50_000);

describe('one frame with many commands', () => {
  test('of long answers gets them one after the other, and others are answered meanwhile', async () => {
    const running = await startServer({ rooms: { a: { history: { size: 50 } } } });
    for (let n = 1; n <= 50; n += 1) await running.server.publish('a', LONG);
    const greedy = await connectCentrifuge(running);
    const other = await connectCentrifuge(running);
    const before = greedy.frames.length;
    const history = { history: { channel: 'a', limit: 50 } };
    const ids = greedy.send(...Array.from({ length: 30 }, () => history));
    await other.ask({ presence_stats: { channel: 'a' } });
    expect(greedy.frames.length - before).toBeLessThan(ids.length);
    for (const id of ids) {
      const { history: page } = await greedy.reply(id);
      expect(page.publications).toHaveLength(50);
    }
    expect(greedy.frames.length - before).toBe(ids.length);
  });

  test('to rooms that open first gets all answers, and others are answered meanwhile', async () => {
    const running = await startServer();
    const greedy = await connectCentrifuge(running);
    const other = await connectCentrifuge(running);
    const ids = greedy.send(
      ...Array.from({ length: 2_000 }, (_, n) => ({ publish: { channel: `room${n}`, data: n } })),
    );
    await other.ask({ presence_stats: { channel: 'a' } });
    const answered = greedy.messages.length;
    for (const id of ids) {
      expect(await greedy.reply(id)).toEqual({ id, publish: {} });
    }
    expect(answered).toBeLessThan(ids.length);
  });

  test('gets the answers in the order of the commands, also with frames that come behind it', async () => {
    const greedy = await connectCentrifuge(await startServer());
    const many = Array.from({ length: 3_000 }, (_, n) => ({ publish: { channel: 'a', data: n } }));
    const ids = [
      ...greedy.send({ subscribe: { channel: 'a' } }),
      ...greedy.send(...many),
      ...greedy.send(...many),
    ];
    await greedy.reply(ids.at(-1)!);
    const replies = greedy.messages.flatMap(({ id }) => (ids.includes(id as number) ? [id as number] : []));
    expect(replies).toEqual(ids);
    const data = greedy.messages.flatMap(({ push }) => (push?.pub === undefined ? [] : [push.pub.data]));
    expect(data).toEqual([...many.keys(), ...many.keys()]);
  });

  test('closes the connection when too many of them wait for a handler', async () => {
    let asked = 0;
    const onMessage = (): Promise<never> => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const running = await startServer({ rooms: { a: { onMessage } } });
    const greedy = await connectCentrifuge(running);
    greedy.send(...Array.from({ length: 6_000 }, (_, n) => ({ publish: { channel: 'a', data: n } })));
    expect(await greedy.closed).toMatchObject({ code: 3013 });
    expect(asked).toBe(256);
  });
});
