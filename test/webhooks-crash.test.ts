/** Webhooks of a process that is killed in the middle of traffic, and of the runs after it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sendByRoom } from './support/line-client.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { startReceiver, withoutRepeats, type ReceivedEvent } from './support/webhook-receiver.ts';

const ROUNDS = 5;
const ROOMS = ['room1', 'room2', 'room3'];

async function createPlace(url: string, events: readonly string[]) {
  const dir = await makeTempDir();
  const config = join(dir, 'settings.json');
  const webhooks = [{ name: 'crm', url, secret: 'the secret of the receiver', events }];
  await writeFile(
    config,
    JSON.stringify({ dataDir: join(dir, 'data'), line: { userParameter: true }, webhooks }),
  );
  return { start: () => startProcess(['--config', config, '--log-level', 'silent']) };
}

function of(events: readonly ReceivedEvent[], type: string): ReceivedEvent[] {
  return events.filter((event) => event.type === type);
}

test(
  'every message that was acknowledged is told, in the order of its room',
  { timeout: 120_000 },
  async () => {
    const receiver = await startReceiver();
    const { start } = await createPlace(receiver.url, ['message.published', 'server.started']);
    /** By round and room: the messages that the server has acknowledged. */
    const acknowledged = new Map<string, string[]>();

    for (let round = 0; round < ROUNDS; round += 1) {
      const child = await start();
      const killAfter = 1 + Math.floor(Math.random() * 300);
      let answers = 0;
      // Some rounds the receiver is slow or refuses: what it has not taken is on disk.
      receiver.answer = round % 2 === 0 ? 204 : 503;
      const speak = async (room: string): Promise<void> => {
        const client = await child.connect();
        const said: string[] = [];
        acknowledged.set(`${round} ${room}`, said);
        try {
          for (let number = 0; ; number += 1) {
            const text = `${round} ${room} ${number}`;
            if ((await client.ask(sendByRoom(room, text))) !== 'SendByRoom success!') return;
            said.push(text);
            answers += 1;
            if (answers === killAfter) child.kill('SIGKILL');
          }
        } catch {
          // The socket closed with its server.
        }
      };
      await Promise.all(ROOMS.map(speak));
      expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
    }

    receiver.answer = 204;
    const last = await start();
    await receiver.until(() => of(receiver.taken(), 'server.started').length === ROUNDS + 1);
    const events = withoutRepeats(receiver.taken());
    const told = of(events, 'message.published');
    for (const [place, said] of acknowledged) {
      const ofPlace = told.filter(({ data }) => String(data).startsWith(`${place} `));
      expect(ofPlace.map(({ data }) => data)).toEqual(expect.arrayContaining(said));
      const offsets = ofPlace.map(({ offset = 0 }) => offset);
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      expect(new Set(offsets).size).toBe(offsets.length);
    }
    expect(of(events, 'server.started').map(({ clean }) => clean)).toEqual([
      true,
      ...Array.from({ length: ROUNDS }, () => false),
    ]);
    last.kill('SIGTERM');
    expect(await last.exited).toMatchObject({ code: 0 });
  },
);

test('who was there is told to have left or to be away, and rooms to be vacated, once over two crashes', async () => {
  const receiver = await startReceiver();
  const { start } = await createPlace(receiver.url, ['member.*', 'room.*', 'server.started']);
  const first = await start();
  const [ann, anonymous] = [await first.connect({ path: '/?user=ann' }), await first.connect()];
  await ann.join('room1');
  await anonymous.join('room1');
  await receiver.until(() => of(receiver.taken(), 'room.occupied').length === 1);
  first.kill('SIGKILL');
  await first.exited;

  const second = await start();
  await receiver.until(() => of(receiver.taken(), 'server.started').length === 2);
  second.kill('SIGKILL');
  await second.exited;

  const third = await start();
  await receiver.until(() => of(receiver.taken(), 'room.vacated').length > 0);
  const back = await third.connect({ path: '/?user=ann' });
  await back.next();
  await receiver.until(() => of(receiver.taken(), 'member.back').length > 0);
  third.kill('SIGTERM');
  await third.exited;

  const events = withoutRepeats(receiver.taken());
  const clients = of(events, 'member.joined').map(({ client }) => client);
  expect(of(events, 'member.away')).toMatchObject([{ channel: 'room1', client: clients[0], user: 'ann' }]);
  expect(of(events, 'member.back')).toMatchObject([{ channel: 'room1', user: 'ann' }]);
  expect(of(events, 'member.left').map(({ client, reason }) => [client, reason])).toEqual([
    [clients[1], 'swept'],
    [clients[0], 'resumed'],
    [of(events, 'member.back')[0]?.client, 'shutdown'],
  ]);
  expect(events.filter(({ type }) => type.startsWith('room.'))).toMatchObject([
    { type: 'room.occupied', channel: 'room1' },
    { type: 'room.vacated', channel: 'room1' },
  ]);
  expect(of(events, 'server.started').map(({ clean }) => clean)).toEqual([true, false, false]);
});
