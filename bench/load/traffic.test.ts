/** Small jobs against the servers that are compared, each a process of its own. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { floor, socketIo, ws, type RunningServer } from '../contender.ts';
import { runChurn } from './churn.ts';
import { runIdle } from './idle.ts';
import type { Milestone } from './jobs.ts';
import { runStorm } from './storm.ts';
import { runTraffic } from './traffic.ts';

const TIMES = { warmUpMs: 5, measureMs: 30 };
const goOn = async (): Promise<void> => undefined;

describe.each([floor, ws, socketIo])('$name', (contender) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await contender.start();
  });
  afterAll(() => server.stop());

  /** What is missing or too much makes a job fail; the steady load is the same number of messages on any machine. */
  const steady = { perSecond: 2_000, ms: 20 };

  test('delivers every message to every member of its room, and answers it', async () => {
    const load = { rooms: 3, membersPerRoom: 4, window: 5, steady, ...TIMES };
    const { target } = server;
    const { latency } = await runTraffic({ target, ...load, speech: { to: 'room', bytes: 64 } }, goOn);
    expect(latency?.p50).toBeGreaterThan(0);
    expect(latency?.p999).toBeLessThanOrEqual(latency?.max ?? 0);
  });

  test('delivers a broadcast to every connection', async () => {
    const load = { rooms: 1, membersPerRoom: 6, window: 2, steady, ...TIMES };
    const { target } = server;
    const { latency } = await runTraffic({ target, ...load, speech: { to: 'everybody', bytes: 200 } }, goOn);
    expect(latency?.p50).toBeGreaterThan(0);
  });

  test('answers every join and every leave', async () => {
    const { target } = server;
    const load = { clients: 4, rooms: 2, residentsPerRoom: 2, window: 1, ...TIMES };
    const { joinLatency } = await runChurn({ target, ...load }, goOn);
    expect(joinLatency?.p50).toBeGreaterThan(0);
  });

  test('takes clients back who come back all at once', async () => {
    const { target } = server;
    expect((await runStorm({ target, clients: 50, rooms: 5 }, goOn)).done).toBe(50);
  });

  test('has its memory looked at when it is empty, full, and empty again', async () => {
    const { target } = server;
    const looked: Milestone[] = [];
    const pause = async (at: Milestone): Promise<void> => {
      looked.push(at);
      expect((await server.memory()).heapBytes).toBeGreaterThan(0);
    };
    await runIdle({ target, firstClients: 3, clients: 20, rooms: 4 }, pause);
    expect(looked).toEqual(['empty', 'standing', 'gone']);
  });
});

/** A server in this process that says this to every command. */
async function startEcho(answer: (command: string) => readonly string[]) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const [command = ''] = (data as Buffer).toString().split('|');
      for (const frame of answer(command)) socket.send(frame);
    }),
  );
  return { port: (server.address() as AddressInfo).port, pid: process.pid, dialect: 'line' } as const;
}

test('a server that answers with something else fails the job', async () => {
  const target = await startEcho(() => ['Error: room1 is full']);
  const job = { target, rooms: 1, membersPerRoom: 2, window: 1, ...TIMES };
  await expect(runTraffic({ ...job, speech: { to: 'room', bytes: 64 } }, goOn)).rejects.toThrow(
    'unexpected frames',
  );
});

// What is heard after the last answer is not always counted yet: a job may end between the two copies.
test('a server that delivers a message twice fails the job', { retry: 5 }, async () => {
  const message = 'x'.repeat(64);
  const target = await startEcho((command) =>
    command === 'subscribe'
      ? ['Subscribe roomNum:bench-00000 success!']
      : [message, message, 'SendByRoom success!'],
  );
  const job = { target, rooms: 1, membersPerRoom: 1, window: 1, ...TIMES };
  await expect(runTraffic({ ...job, speech: { to: 'room', bytes: 64 } }, goOn)).rejects.toThrow(
    'something was heard twice',
  );
});

test('a message as long as an answer, which could not be told from it, is refused', async () => {
  const target = { port: 1, pid: process.pid, dialect: 'line' } as const;
  const job = { target, rooms: 1, membersPerRoom: 2, window: 1, ...TIMES };
  const bytes = 'SendByRoom success!'.length;
  await expect(runTraffic({ ...job, speech: { to: 'room', bytes } }, goOn)).rejects.toThrow(RangeError);
});
