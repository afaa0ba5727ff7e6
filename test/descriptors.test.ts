/** A process that may open few files: it refuses sockets in time, and goes on. */

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { connect as connectTcp } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { LineClient } from './support/line-client.ts';
import { HandshakeRefused } from './support/open-socket.ts';
import { startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

/** Node.js opens many modules at once when it starts. */
const DESCRIPTORS = 256;
/** More than the process can have. */
const CLIENTS = 300;

test.runIf(process.platform === 'linux')(
  'a server with few descriptors refuses what is too much, stores who is there, and takes others when some go',
  async () => {
    const dir = await makeTempDir();
    const env = { STATECAST_LINE_USER_PARAMETER: 'true' };
    const { url, connect, request, kill, exited } = await startProcess(
      ['--data-dir', dir, '--log-level', 'warn'],
      env,
      `ulimit -n ${DESCRIPTORS}`,
    );
    const clients: LineClient[] = [];
    const refusals: unknown[] = [];
    for (let count = 0; count < CLIENTS; count += 1) {
      try {
        clients.push(await connect({ path: '/?user=ann' }));
      } catch (error) {
        refusals.push(error);
      }
    }
    expect(clients.length).toBeGreaterThan(16);
    expect(clients.length).toBeLessThan(DESCRIPTORS - 48);
    expect(refusals.length).toBe(CLIENTS - clients.length);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(HandshakeRefused);
      const { status, body } = refusal as HandshakeRefused;
      expect(status).toBe(503);
      expect(JSON.parse(body)).toMatchObject({
        error: { code: 503, message: expect.stringContaining('as many connections') as unknown },
      });
    }

    // Sockets that ask nothing are closed as well, and the server still works: for HTTP, for clients, and for files.
    const silent = Array.from({ length: CLIENTS }, () => connectTcp(Number(new URL(url).port), '127.0.0.1'));
    onTestFinished(() => silent.forEach((socket) => socket.destroy()));
    const closed = silent.map((socket) =>
      once(
        socket.on('error', () => {}),
        'close',
      ),
    );
    await Promise.any(closed);
    const rooms = clients.slice(0, 20).map((client, index) => client.join(`room${index}`));
    await Promise.all(rooms);
    await expect
      .poll(async () => (await readdir(dir)).filter((name) => name.endsWith('.json')).length)
      .toBe(20);
    const file = (await readdir(dir)).find((name) => name.startsWith('room7-')) ?? '';
    expect(await readFile(join(dir, file), 'utf8')).toContain('"ann"');
    expect(await clients.at(-1)?.ask('ping')).toBe('pong');

    for (const socket of silent) socket.destroy();
    await Promise.all(closed);
    await expect.poll(async () => (await request('/health').catch(() => undefined))?.status).toBe(200);
    for (const client of clients.slice(-5)) client.terminate();
    await Promise.all(clients.slice(-5).map(({ closed }) => closed));
    const late = await connect({ path: '/' });
    expect(await late.ask('ping')).toBe('pong');

    kill('SIGTERM');
    const { code, stderr } = await exited;
    expect(code).toBe(0);
    const log = stderr.trim().split('\n');
    expect(log.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['server.full']);
    expect(JSON.parse(log[0] ?? '')).toMatchObject({ limit: clients.length, refused: 1 });
  },
  60_000,
);
