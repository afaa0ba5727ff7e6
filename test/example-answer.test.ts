/** The answer of examples/ that comes piece by piece, read with the SDK over real sockets. */

import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAnswer, type AnswerPart } from '../examples/answer-reader.ts';
import { createAnswerServer, type Pieces } from '../examples/answer-server.ts';
import { Inbox } from '../src/system/inbox-harness.ts';
import { createGate } from './support/gate.ts';
import { createSdkClient } from './support/sdk-client.ts';

/** Starts a server whose answers have `first` pieces at once, and the rest up to `all` when the test lets them come. */
async function start({ first, all }: { first: number; all: number }) {
  const gate = createGate();
  const pieces: Pieces = async function* (question, signal) {
    for (let index = 1; index <= all && !signal.aborted; index += 1) {
      if (index === first + 1) await Promise.race([gate.opened, once(signal, 'abort')]);
      await setImmediate();
      if (!signal.aborted) yield `${question} ${index}`;
    }
  };
  const server = createAnswerServer(pieces, 0);
  onTestFinished(() => server.close());
  const { port } = await server.listen();
  return { url: `http://127.0.0.1:${port}/`, goOn: gate.open };
}

/** A page that asks, or that was opened again at the room of an answer. */
async function open(url: string, room?: string) {
  const client = createSdkClient(url);
  const parts = new Inbox<AnswerPart>();
  const name = room ?? ((await client.centrifuge.rpc('ask', 'why')).data as { room: string }).room;
  await readAnswer(client.centrifuge, name, (part) => parts.push(part));
  return {
    ...client,
    name,
    async take(count: number): Promise<AnswerPart[]> {
      const taken: AnswerPart[] = [];
      while (taken.length < count) taken.push(await parts.next());
      return taken;
    },
  };
}

/** The pieces from the first to the last number. */
function pieces(first: number, last: number): AnswerPart[] {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ piece: `why ${first + index}` }));
}

describe('an answer that comes piece by piece', () => {
  test('is read from the beginning to the end', async () => {
    const { url, goOn } = await start({ first: 3, all: 5 });
    const page = await open(url);
    expect(await page.take(3)).toEqual(pieces(1, 3));
    goOn();
    expect(await page.take(3)).toEqual([...pieces(4, 5), { end: 'done' }]);
  });

  test('is read from the beginning after a reload, however long it is by then', async () => {
    const { url, goOn } = await start({ first: 700, all: 701 });
    const before = await open(url);
    await before.take(700);
    before.centrifuge.disconnect();
    const after = await open(url, before.name);
    expect(await after.take(700)).toEqual(pieces(1, 700));
    goOn();
    expect(await after.take(2)).toEqual([...pieces(701, 701), { end: 'done' }]);
  });

  test.each([
    ['a few pieces', 20],
    ['more pieces than are recovered at once', 900],
  ])('goes on after a cut connection that missed %s', async (_, all) => {
    const { url, goOn } = await start({ first: 3, all });
    const page = await open(url);
    await page.take(3);
    page.centrifuge.disconnect();
    const other = await open(url, page.name);
    goOn();
    await other.take(all + 1);
    page.centrifuge.connect();
    expect(await page.take(all - 3 + 1)).toEqual([...pieces(4, all), { end: 'done' }]);
  });

  test('loses nothing when the connection is cut while the pieces come', async () => {
    const { url, goOn } = await start({ first: 3, all: 200 });
    const page = await open(url);
    await page.take(3);
    goOn();
    await page.take(20);
    page.cut();
    expect(await page.take(178)).toEqual([...pieces(24, 200), { end: 'done' }]);
  });

  test('is ended by a message of the client, and no other message is published', async () => {
    const { url } = await start({ first: 3, all: 5 });
    const page = await open(url);
    await page.take(3);
    await page.centrifuge.publish(page.name, 'something else');
    await page.centrifuge.publish(page.name, 'cancel');
    expect(await page.take(1)).toEqual([{ end: 'cancelled' }]);
  });

  test('is not ended by a client that is not in its room', async () => {
    const { url, goOn } = await start({ first: 1, all: 2 });
    const page = await open(url);
    const stranger = createSdkClient(url).centrifuge;
    await expect(stranger.publish(page.name, 'cancel')).rejects.toMatchObject({ code: 103 });
    goOn();
    expect(await page.take(3)).toEqual([...pieces(1, 2), { end: 'done' }]);
  });
});
