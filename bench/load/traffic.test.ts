/** Small jobs against the compared servers, each in its own process. */

import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { centrifugeFloor, floor, historyFloor, socketIo, ws, type RunningServer } from '../contender.ts';
import { runChurn } from './churn.ts';
import { nameRoom, sleep } from './crowd.ts';
import { runIdle } from './idle.ts';
import type { Milestone, Pause } from './jobs.ts';
import { runRecovery } from './recovery.ts';
import { runStorm } from './storm.ts';
import { runTraffic } from './traffic.ts';
import type { Target } from './wire-client.ts';

const TIMES = { warmUpMs: 5, runInMs: 5, measureMs: 30, slices: 2 };
const goOn = async (): Promise<void> => undefined;

describe('the floor of the Centrifuge protocol', () => {
  test('delivers every message to every member of its room, and answers it', async () => {
    const server = await centrifugeFloor.start();
    onTestFinished(() => server.stop());
    const load = { rooms: 3, membersPerRoom: 4, window: 5, ...TIMES };
    const { target } = server;
    const result = await runTraffic({ target, ...load, speech: { to: 'room', bytes: 64 } }, goOn);
    expect(result.deliveries).toBeGreaterThan(0);
  });

  test('gives clients back what they have missed', async () => {
    const server = await historyFloor.start();
    onTestFinished(() => server.stop());
    const job = { target: server.target, clients: 20, rooms: 4, missed: 5, bytes: 64 };
    expect((await runRecovery(job, goOn)).done).toBe(20);
  });
});

describe.each([floor, ws, socketIo])('$name', (contender) => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await contender.start();
  });
  afterAll(() => server.stop());

  /** A missing or additional message fails a job; the steady load has the same number of messages on any machine. */
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

  test('has its memory looked at when it is empty, fuller and fuller, and empty again', async () => {
    const { target } = server;
    const looked: Milestone[] = [];
    const pause = async (at: Milestone): Promise<void> => {
      looked.push(at);
      expect((await server.memory()).heapBytes).toBeGreaterThan(0);
    };
    await runIdle({ target, firstClients: 3, sizes: [5, 20], rooms: 4 }, pause);
    expect(looked).toEqual(['empty', 'standing', 'standing', 'gone']);
  });
});

/** The connections that receive a message; one that is listed twice receives it twice. */
type FanOut = (
  rooms: readonly (readonly WebSocket[])[],
  room: number,
  message: number,
) => readonly WebSocket[];

/** A server in this process with the rooms of the job, which delivers and answers as the test says. */
async function startServer(fanOut: FanOut, answer = 'SendByRoom success!', behindAnswer: FanOut = () => []) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  await once(server, 'listening');
  const rooms: WebSocket[][] = [];
  let messages = 0;
  server.on('connection', (socket) =>
    socket.on('message', (data) => {
      const [command = '', argument = ''] = (data as Buffer).toString().split('|');
      const room = Number(/bench-(\d+)/.exec(argument)?.[1]);
      if (command === 'subscribe') {
        (rooms[room] ??= []).push(socket);
        socket.send(`Subscribe roomNum:${nameRoom(room)} success!`);
      } else if (command === 'unsubscribe') {
        socket.send(`Unsubscribe roomNum:${nameRoom(room)} success!`);
      } else {
        messages += 1;
        const { message } = JSON.parse(argument) as { message: string };
        for (const hearer of fanOut(rooms, room, messages)) hearer.send(message);
        socket.send(answer);
        for (const hearer of behindAnswer(rooms, room, messages)) hearer.send(message);
      }
    }),
  );
  return { port: (server.address() as AddressInfo).port, pid: process.pid, dialect: 'line' } as const;
}

function runAgainst(target: Target, membersPerRoom = 2, pause: Pause = goOn) {
  const job = { target, rooms: 2, membersPerRoom, window: 2, ...TIMES };
  return runTraffic({ ...job, speech: { to: 'room', bytes: 64 } }, pause);
}

const deliverWell: FanOut = (rooms, room) => rooms[room] ?? [];

test('a server that does all of it well passes', async () => {
  expect((await runAgainst(await startServer(deliverWell))).deliveries).toBeGreaterThan(0);
});

test('between slices nothing is said', async () => {
  let messages = 0;
  const target = await startServer((rooms, room, message) => {
    messages = message;
    return deliverWell(rooms, room, message);
  });
  const paused: Milestone[] = [];
  await runAgainst(target, 2, async (at) => {
    paused.push(at);
    const before = messages;
    await sleep(10);
    expect(messages).toBe(before);
  });
  expect(paused).toEqual(['standing', 'resting', 'resting']);
});

test('a server that answers with something else fails the job', async () => {
  const target = await startServer(deliverWell, 'Error: room1 is full');
  await expect(runAgainst(target)).rejects.toThrow('unexpected frames');
});

test.each<[string, FanOut, RegExp]>([
  [
    'delivers every message twice',
    (rooms, room) => [...rooms[room]!, ...rooms[room]!],
    /^0 deliveries were lost, [1-9]/,
  ],
  [
    'delivers one message twice, to one member',
    (rooms, room, message) => [...rooms[room]!, ...(message === 2 ? rooms[room]!.slice(-1) : [])],
    /^0 deliveries were lost, 1 too many/,
  ],
  [
    'loses one delivery',
    (rooms, room, message) => (message === 2 ? rooms[room]!.slice(1) : rooms[room]!),
    /^1 deliveries were lost, 0 too many/,
  ],
  [
    'delivers nothing to a member',
    (rooms, room) => rooms[room]!.slice(1),
    /^[1-9]\d* deliveries were lost, 0 too many/,
  ],
  [
    'delivers one message to another room',
    (rooms, room, message) => rooms[message === 2 ? 1 - room : room]!,
    /^2 deliveries were lost, 2 too many/,
  ],
  ['delivers to all rooms', (rooms) => rooms.flat(), /^0 deliveries were lost, [1-9]/],
])('a server that %s fails the job', async (_, fanOut, problem) => {
  await expect(runAgainst(await startServer(fanOut))).rejects.toThrow(problem);
});

test('a second copy that comes when everything was heard and answered fails the job', async () => {
  const target = await startServer(deliverWell, 'SendByRoom success!', deliverWell);
  await expect(runAgainst(target)).rejects.toThrow(/^0 deliveries were lost, [1-9]/);
});

test('a message as long as an answer, which could not be told from it, is refused', async () => {
  const target = { port: 1, pid: process.pid, dialect: 'line' } as const;
  const job = { target, rooms: 1, membersPerRoom: 2, window: 1, ...TIMES };
  const bytes = 'SendByRoom success!'.length;
  await expect(runTraffic({ ...job, speech: { to: 'room', bytes } }, goOn)).rejects.toThrow(RangeError);
});
