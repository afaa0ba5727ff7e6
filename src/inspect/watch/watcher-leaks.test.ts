import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { join, publish, settle } from '../../actors/actor-harness.ts';
import { createWatchHarness, type FakePage } from './watch-harness.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes in use when everything that nobody holds is gone. */
async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    await settle();
    collectGarbage();
  }
  return process.memoryUsage().heapUsed;
}

/** A watch, or what it keeps of an actor, takes more than a kilobyte; what the engine compiles meanwhile, less. */
const ALLOWED_BYTES = 1_000_000;

test('a thousand watches leave nothing in memory', async () => {
  const { connect, watch, watcher, flush, told } = createWatchHarness();
  const clients = [connect(), connect(), connect()];
  for (const client of clients) client.send(join('room1'));
  await settle();

  async function rounds(count: number): Promise<void> {
    for (let round = 0; round < count; round += 1) {
      const { watch: room } = watch({ kind: 'room', id: 'room1' }, true);
      const { watch: connection } = watch({ kind: 'connection', id: 'c1' }, true);
      clients[0]?.send(publish('room1', round));
      if (round % 2 === 0) flush();
      room.stop();
      connection.stop();
    }
    for (const { frames } of clients) frames.length = 0;
    told.length = 0;
    flush();
    await settle();
  }

  await rounds(300);
  const before = await heapUsed();
  await rounds(1_000);
  expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
  expect((await heapUsed()) - before).toBeLessThan(ALLOWED_BYTES);
});

test('a thousand connections that join and leave add nothing to the memory of a watch of their room', async () => {
  const { connect, watch, watcher, flush, told, directory, store } = createWatchHarness();
  const stayer = connect();
  stayer.send(join('room1'));
  await settle();

  /** How many bytes more are in use after so many visits. */
  async function visit(visits: number, page?: FakePage): Promise<number> {
    const before = await heapUsed();
    for (let count = 0; count < visits; count += 1) {
      const client = connect();
      client.send(join('room1'));
      if (count % 4 !== 0) await Promise.resolve();
      client.lose();
      // The harness remembers its clients.
      client.actor = undefined;
      if (count % 10 === 0) flush();
    }
    await settle();
    flush();
    await settle();
    flush();
    page?.forget();
    for (const map of [page?.states, page?.itemStates, page?.statuses]) map?.clear();
    stayer.frames.length = 0;
    told.length = 0;
    store.writes.length = 0;
    return (await heapUsed()) - before;
  }

  await visit(100);
  const unwatched = await visit(1_000);
  const { page, watch: watched } = watch({ kind: 'room', id: 'room1' }, true);
  await visit(100, page);
  expect((await visit(1_000, page)) - unwatched).toBeLessThan(ALLOWED_BYTES);
  expect(directory.connections.size).toBe(1);
  expect([...watcher.watched].map(({ id }) => id)).toEqual(['room1', 'c1']);
  watched.stop();
  expect([watcher.size, watcher.watched.size]).toEqual([0, 0]);
}, 60_000);
