/** `statecast serve --workers`: several processes behind one port, with rooms in common. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from '../src/system/test-framework.ts';
import type { Health, WorkerHealth } from '../src/http/health-route.ts';
import { createAdminClient, startFakePlatform, writePlatformConf } from './support/fake-tars-platform.ts';
import { sendByRoom, type LineClient } from './support/line-client.ts';
import { pickPort } from './support/pick-port.ts';
import { runProgram } from './support/program.ts';
import { createSdkClient } from './support/sdk-client.ts';
import { runProcess, startProcess, type RunningProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { TRANSPORTS } from './support/transports.ts';

const CLIENTS = 12;
/** Those who speak under load, and how often each does. */
const SPEAKERS = 4;
const SPEAK_MS = 20;
const ENV = {
  STATECAST_LOG_LEVEL: 'info',
  STATECAST_ROOMS: JSON.stringify({ '*': { history: { size: 5_000 }, joinLeave: true } }),
};

async function startWorkers(transport: 'uws' | 'ws', flags: readonly string[] = []): Promise<RunningProcess> {
  const args = ['--workers', '2', '--transport', transport, '--data-dir', await makeTempDir(), ...flags];
  return startProcess(args, ENV);
}

async function readHealth({ request }: RunningProcess): Promise<Health> {
  return JSON.parse((await request('/health')).body) as Health;
}

/** Connects clients until each worker has some. Returns all of them. */
async function connectToAll(running: RunningProcess, room: string): Promise<LineClient[]> {
  const clients: LineClient[] = [];
  for (;;) {
    for (let count = 0; count < CLIENTS; count += 1) {
      const client = await running.connect();
      await client.join(room);
      clients.push(client);
    }
    let isSpread = false;
    await eventually(async () => {
      const { workers = [] } = await readHealth(running);
      expect(workers.reduce((sum, { connections }) => sum + connections, 0)).toBeGreaterThanOrEqual(
        clients.length,
      );
      isSpread = workers.length === 2 && workers.every(({ connections }) => connections > 0);
    });
    if (isSpread) return clients;
  }
}

/** A member of `room1`, and what it has heard. */
async function joinBySdk({ url }: RunningProcess) {
  const { centrifuge } = createSdkClient(url);
  const subscription = centrifuge.newSubscription('room1', { recoverable: true, joinLeave: true });
  const heard: string[] = [];
  const leaves: string[] = [];
  /** Of each join, whether all that was missed was recovered. */
  const joins: boolean[] = [];
  subscription.on('publication', ({ data }) => heard.push(data as string));
  subscription.on('leave', ({ info }) => leaves.push(info.client));
  subscription.on('subscribed', ({ recovered }) => joins.push(recovered));
  subscription.subscribe();
  await subscription.ready();
  return { subscription, heard, leaves, joins };
}

describe.each(TRANSPORTS)('workers on %s', (transport) => {
  test('lose nothing that was acknowledged, and tell each leave once, when one is killed under load', async () => {
    const running = await startWorkers(transport);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => joinBySdk(running)));
    let victim: WorkerHealth | undefined;
    await eventually(async () => {
      const { workers = [] } = await readHealth(running);
      expect(workers.reduce((sum, { connections }) => sum + connections, 0)).toBe(CLIENTS);
      victim = workers.find(({ connections }) => connections > 0);
    });
    const acknowledged: string[] = [];
    let isOver = false;
    // With more than 300 missed messages a client is not recovered.
    const speaking = clients.slice(0, SPEAKERS).map(async ({ subscription }, index) => {
      for (let count = 0; !isOver; count += 1) {
        const text = `${index}:${count}`;
        // What was lost with the worker is refused.
        await subscription.publish(text).then(
          () => acknowledged.push(text),
          () => undefined,
        );
        await sleep(SPEAK_MS);
      }
    });
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(50));
    process.kill(victim!.pid!, 'SIGKILL');
    await eventually(async () => {
      const { workers = [] } = await readHealth(running);
      expect(workers.map(({ state }) => state)).toEqual(['listening', 'listening']);
      expect(workers.map(({ pid }) => pid)).not.toContain(victim!.pid);
    });
    await eventually(() => {
      const returned = clients.filter(({ joins }) => joins.length === 2);
      expect(returned).toHaveLength(victim!.connections);
      expect(returned.every(({ joins }) => joins[1] === true)).toBe(true);
    });
    isOver = true;
    await Promise.all(speaking);
    await eventually(() => {
      for (const { heard } of clients) expect(new Set(heard)).toEqual(new Set(clients[0]!.heard));
      for (const { heard } of clients) expect(heard).toEqual(expect.arrayContaining(acknowledged));
    });
    for (const { heard } of clients) expect(new Set(heard).size).toBe(heard.length);
    const stayed = clients.filter(({ joins }) => joins.length === 1);
    await eventually(() => {
      for (const { leaves } of stayed) expect(new Set(leaves).size).toBe(victim!.connections);
    });
    for (const { leaves } of stayed) expect(leaves).toHaveLength(victim!.connections);
    expect(await clients[0]!.subscription.presenceStats()).toMatchObject({ numClients: CLIENTS });
  });

  test('are replaced one by one without a refused connection or a lost message, and drain together', async () => {
    const running = await startWorkers(transport);
    expect(running.banner.split('\n')).toContain('  workers  2');
    const before = new Set<number | undefined>();
    // A worker hears of the others a moment after they listen.
    await eventually(async () => {
      const { workers = [] } = await readHealth(running);
      expect(workers.map(({ state }) => state)).toEqual(['listening', 'listening']);
      for (const { pid } of workers) before.add(pid);
    });
    const heard: string[] = [];
    const { centrifuge } = createSdkClient(running.url);
    const subscription = centrifuge.newSubscription('room1', { recoverable: true, positioned: true });
    subscription.on('publication', ({ data }) => heard.push(data as string));
    subscription.subscribe();
    await subscription.ready();

    const said: string[] = [];
    /** Opens a connection of its own. */
    const speak = async (text: string): Promise<void> => {
      const client = await running.connect();
      try {
        await client.join('room1');
        client.send(sendByRoom('room1', text));
        while (!(await client.next()).startsWith('SendByRoom success!'));
        said.push(text);
      } catch {
        // Its worker was replaced before it has answered.
      }
      client.terminate();
    };
    const isReplaced = async (): Promise<boolean> => {
      const { workers = [] } = await readHealth(running);
      return workers.length === 2 && workers.every(({ pid }) => !before.has(pid));
    };
    await speak('before');
    running.kill('SIGUSR2');
    for (let count = 0; !(await isReplaced()); count += 1) {
      await speak(`m${count}`);
      await sleep(5);
    }
    await speak('after');
    await eventually(() => expect(heard).toEqual(expect.arrayContaining(said)));
    expect(said).toEqual(expect.arrayContaining(['before', 'after']));
    expect(heard.filter((text, index) => heard.indexOf(text) !== index)).toEqual([]);

    const clients = await connectToAll(running, 'room1');
    clients[0]!.send(sendByRoom('room1', 'hello'));
    await Promise.all(
      clients.map(async (one) => {
        while (!(await one.next()).includes('hello'));
      }),
    );
    running.kill('SIGTERM');
    for (const { closed } of clients) expect(await closed).toEqual({ code: 3001, reason: 'shutdown' });
    expect(await running.exited).toMatchObject({ code: 0 });
  });
});

test('a port that somebody has is refused once, with the exit code 1', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as { port: number };
  const args = ['serve', '--workers', '2', '--port', String(port), '--data-dir', await makeTempDir()];
  const { code, stderr } = await runProcess(args);
  taken.close();
  expect(code).toBe(1);
  expect(stderr.match(/cannot listen on/g)).toHaveLength(1);
});

test('settings that only a worker can judge are told once, with the exit code 2', async () => {
  const env = { STATECAST_WEBHOOKS: JSON.stringify([{ servant: 'nobody', events: ['member.*'] }]) };
  const args = ['serve', '--workers', '2', '--port', '0', '--data-dir', await makeTempDir()];
  const { code, stderr } = await runProcess(args, env);
  expect(code).toBe(2);
  expect(stderr.match(/has 1 problem/g)).toHaveLength(1);
});

test('a TARS platform sees one server, whose numbers are those of all workers', async () => {
  const platform = await startFakePlatform();
  const [home, port, adminPort] = [await makeTempDir(), await pickPort(), await pickPort()];
  const file = await writePlatformConf({ platform, home, port, adminPort });
  await writeFile(file, (await readFile(file, 'utf8')).replace(/asyncthread\s*= 1/, 'asyncthread = 2'));
  // The port is that of the configuration.
  const { connect, banner, exited } = await startProcess(['--config', file, '--port', String(port)]);
  expect(banner.split('\n')).toContain('  workers  2');
  const clients = [await connect(), await connect(), await connect()];
  const admin = createAdminClient(adminPort);
  await eventually(async () => expect(await admin.notify('tars.connection')).toContain('connections: 3'));
  expect(await admin.notify('tars.viewstatus')).toMatch(/state of worker 2: listening/);
  await platform.hears('keepAlive');
  expect(new Set(platform.all('keepAlive').map(({ info }) => info.pid)).size).toBe(1);
  await admin.shutdown();
  for (const { closed } of clients) expect(await closed).toEqual({ code: 3001, reason: 'shutdown' });
  expect(await exited).toMatchObject({ code: 0 });
  const log = await readFile(join(home, 'app_log', 'Chat', 'RoomServer', 'Chat.RoomServer.log'), 'utf8');
  expect(
    new Set(
      log
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { pid: number }).pid),
    ).size,
  ).toBe(3);
});

test('a program that serves with workers goes on in each of them, and not in the primary process', async () => {
  const cwd = await makeTempDir();
  const entry = new URL('../dist/index.js', import.meta.url).href;
  const program = join(cwd, 'program.mjs');
  await writeFile(
    program,
    `import { serve } from '${entry}';
     const { server } = await serve({ workers: 2, transport: 'ws', port: 0 });
     console.log('served');
     // One may be told to end before this one has heard that all were there.
     const areAll = () => server.health().workers?.filter(({ state }) => state !== 'starting').length === 2;
     while (!areAll()) await new Promise((resolve) => setTimeout(resolve, 50));
     // A second signal would end all at once.
     if (server.health().workers[0].pid === process.pid) process.kill(process.ppid, 'SIGTERM');`,
  );
  const { code, stdout, stderr } = await runProgram([process.execPath, program], {
    cwd,
    env: { STATECAST_LOG_LEVEL: 'warn' },
  });
  expect([code, stderr.match(/error/gi)]).toEqual([0, null]);
  expect(stdout.match(/served/g)).toHaveLength(2);
});
