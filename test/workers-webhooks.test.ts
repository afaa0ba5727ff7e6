/** Webhooks of `statecast serve --workers` without Redis: the primary process keeps what waits. */

import { expect, test } from 'vitest';
import type { Health } from '../src/http/health-route.ts';
import { eventually } from '../src/system/test-framework.ts';
import { sendByRoom, type LineClient } from './support/line-client.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { startReceiver, withoutRepeats } from './support/webhook-receiver.ts';

const CLIENTS = 8;
/** Six processes are started. */
const TIMEOUT_MS = 90_000;

test(
  'what was acknowledged is told though each worker dies, and a room is occupied and vacated once',
  { timeout: TIMEOUT_MS },
  async () => {
    const receiver = await startReceiver();
    const webhooks = [
      { name: 'crm', url: receiver.url, secret: 'a secret of the receiver', events: ['message.*', 'room.*'] },
    ];
    // The connections are handed on in turn: each worker gets some.
    const args = ['--workers', '2', '--transport', 'ws', '--data-dir', await makeTempDir()];
    const running = await startProcess(args, { STATECAST_WEBHOOKS: JSON.stringify(webhooks) });
    const readWorkers = async () =>
      (JSON.parse((await running.request('/health')).body) as Health).workers ?? [];
    const told = (type: string) => withoutRepeats(receiver.taken()).filter((event) => event.type === type);
    const said: string[] = [];
    const all: LineClient[] = [];
    const crowd = async (round: string): Promise<void> => {
      const clients = await Promise.all(Array.from({ length: CLIENTS }, () => running.connect()));
      for (const [number, client] of clients.entries()) {
        await client.join('room1');
        const text = `${round} ${number}`;
        client.send(sendByRoom('room1', text));
        while (!(await client.next()).startsWith('SendByRoom success!'));
        said.push(text);
      }
      all.push(...clients);
    };

    const pids = (await readWorkers()).map(({ pid }) => pid!);
    await crowd('first');
    await receiver.until(() => told('room.occupied').length > 0);
    receiver.answer = 503;
    for (const pid of pids) {
      await crowd(`before the end of ${pid}`);
      process.kill(pid, 'SIGKILL');
      await eventually(async () => {
        const workers = await readWorkers();
        expect(workers.map(({ state }) => state)).toEqual(['listening', 'listening']);
        expect(workers.map((worker) => worker.pid)).not.toContain(pid);
      });
    }
    receiver.answer = 204;
    await crowd('last');
    await receiver.until(() => told('message.published').length === said.length);
    for (const client of all) client.close();
    await receiver.until(() => told('room.vacated').length > 0);
    running.kill('SIGTERM');
    expect(await running.exited).toMatchObject({ code: 0 });
    expect(new Set(told('message.published').map(({ data }) => data))).toEqual(new Set(said));
    expect(told('room.occupied')).toHaveLength(1);
    expect(told('room.vacated')).toHaveLength(1);
  },
);
