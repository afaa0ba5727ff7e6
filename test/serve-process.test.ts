/** `statecast serve`: processes, signals, exit codes and output. */

import { chmod, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepEvents, nextEvent } from './support/event-watch.ts';
import { createGate } from './support/gate.ts';
import { sendByRoom } from './support/line-client.ts';
import { HandshakeRefused } from './support/open-socket.ts';
import { runProcess, startProcess } from './support/start-process.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';

const STACK = /^ +at /m;
const QUIET = ['--log-level', 'silent'];

describe('a process', () => {
  test('prints where it listens in its first line, and serves there', async () => {
    const dir = await makeTempDir();
    const { banner, url, connect, request } = await startProcess(['--data-dir', dir]);
    expect(banner.split('\n')[0]).toMatch(
      /^statecast \d+\.\d+\.\d+ listening on http:\/\/127\.0\.0\.1:\d+\/$/,
    );
    expect(new URL(url).port).not.toBe('0');
    expect(banner).toContain(`${url}room1`);
    expect(banner).toContain(dir);
    expect(await (await connect()).ask('ping')).toBe('pong');
    expect(await request('/Index/pushAll?message=hi')).toMatchObject({ body: 'pushBy all success' });
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'closes its clients with 3001 after %s, writes everything and exits with 0',
    async (signal) => {
      const dir = await makeTempDir();
      const env = { STATECAST_LINE_USER_PARAMETER: 'true' };
      const { connect, kill, exited } = await startProcess(['--data-dir', dir], env);
      const clients = [await connect({ path: '/?user=ann' }), await connect(), await connect()];
      for (const client of clients.slice(0, 2)) await client.join('room1');
      kill(signal);
      for (const { closed } of clients) expect(await closed).toEqual({ code: 3001, reason: 'shutdown' });
      const { code, signal: by, stderr } = await exited;
      expect({ code, by }).toEqual({ code: 0, by: null });
      const log = stderr
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string });
      expect(log.map(({ msg }) => msg)).toEqual(
        expect.arrayContaining(['server.draining', 'server.stopped']),
      );
      expect(await readdir(dir)).toEqual([expect.stringMatching(/^room1-.*\.json$/)]);

      const again = await startProcess(['--data-dir', dir, ...QUIET], env);
      expect(await (await again.connect({ path: '/?user=ann' })).next()).toBe(
        'Subscribe roomNum:room1 success!',
      );
    },
  );

  test('exits at once when there are no connections, although users are away', async () => {
    const dir = await makeTempDir();
    const env = { STATECAST_LINE_USER_PARAMETER: 'true' };
    const first = await startProcess(['--data-dir', dir, ...QUIET], env);
    await (await first.connect({ path: '/?user=ann' })).join('room1');
    first.kill('SIGTERM');
    expect(await first.exited).toMatchObject({ code: 0 });
    const second = await startProcess(['--data-dir', dir, ...QUIET], env);
    second.kill('SIGTERM');
    expect(await second.exited).toMatchObject({ code: 0 });
  });

  test('exits with 0 when it has no time to drain', async () => {
    const env = { STATECAST_DRAIN_SECONDS: '0', STATECAST_LINE_USER_PARAMETER: 'true' };
    const { connect, kill, exited } = await startProcess(['--data-dir', await makeTempDir(), ...QUIET], env);
    const clients = [await connect({ path: '/?user=ann' }), await connect()];
    for (const client of clients) await client.join('room1');
    kill('SIGTERM');
    await Promise.all(clients.map(({ closed }) => closed));
    expect(await exited).toMatchObject({ code: 0 });
  });

  test('is not hurried by SIGHUP, however often it comes', async () => {
    const { connect, kill, exited } = await startProcess(['--data-dir', await makeTempDir()]);
    const client = await connect();
    await client.join('room1');
    for (const signal of ['SIGTERM', 'SIGHUP', 'SIGHUP'] as const) kill(signal);
    expect(await client.closed).toEqual({ code: 3001, reason: 'shutdown' });
    const { code, stderr } = await exited;
    expect(code).toBe(0);
    expect(stderr).toContain('server.stopped');
  });

  // Node.js sets ignored signals back to their defaults before it runs any code: docs/operations.md says what helps.
  test('drains after SIGHUP also when nohup, or a shell, has set it to be ignored', async () => {
    const args = ['--data-dir', await makeTempDir()];
    const { kill, exited } = await startProcess(args, {}, "trap '' HUP");
    kill('SIGHUP');
    const { code, stderr } = await exited;
    expect(code).toBe(0);
    expect(stderr).toContain('server.stopped');
  });

  test('says loudly what is dangerous in its settings, and keeps the secret to itself', async () => {
    const env = { STATECAST_AUTH_INSECURE: 'true', STATECAST_AUTH_HMAC_SECRET: 'swordfish' };
    const { banner, kill, exited } = await startProcess(['--data-dir', await makeTempDir()], env);
    const warnings = banner.split('\n').filter((line) => line.includes('WARNING'));
    expect(warnings).toEqual([
      expect.stringContaining('auth.insecure is on'),
      expect.stringContaining('auth.hmacSecret has fewer than 32 characters'),
    ]);
    kill('SIGTERM');
    const { stderr } = await exited;
    const warned = stderr.split('\n').filter((line) => line.includes('"level":40'));
    expect(warned.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(
      warnings.map((line) => line.replace('  WARNING  ', '')),
    );
    expect(banner + stderr).not.toContain('swordfish');
  });

  test('warns of nothing by default', async () => {
    const { banner, kill, exited } = await startProcess(['--data-dir', await makeTempDir()]);
    kill('SIGTERM');
    expect(banner).not.toContain('WARNING');
    expect((await exited).stderr).not.toContain('"level":40');
  });

  test('logs neither messages nor its key', async () => {
    const args = ['--data-dir', await makeTempDir(), '--log-level', 'trace'];
    const env = { STATECAST_HTTP_API_KEY: 'swordfish-swordfish' };
    const { banner, connect, request, kill, exited } = await startProcess(args, env);
    const client = await connect();
    await client.join('room1');
    client.send(sendByRoom('room1', 'do not tell anybody'));
    await client.settle();
    const headers = { 'x-api-key': 'swordfish-swordfish' };
    expect((await request('/Index/pushAll?message=do+not+tell', { headers })).status).toBe(200);
    kill('SIGTERM');
    const { stdout, stderr } = await exited;
    expect(stderr).toContain('message.published');
    expect(banner + stdout + stderr).not.toMatch(/do not tell|swordfish/);
  });
});

describe('a process that cannot start', () => {
  test('says that its port is in use, and exits', async () => {
    const dir = await makeTempDir();
    const first = await startProcess(['--data-dir', join(dir, 'a'), ...QUIET]);
    const { port } = new URL(first.url);
    const { code, stdout, stderr } = await runProcess([
      'serve',
      '--port',
      port,
      '--data-dir',
      join(dir, 'b'),
      ...QUIET,
    ]);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain(`127.0.0.1:${port}`);
    expect(stderr).toMatch(/in use/);
    expect(stderr).not.toMatch(STACK);
  });

  test('also exits when users of an earlier run are away', async () => {
    const dir = await makeTempDir();
    const env = { STATECAST_LINE_USER_PARAMETER: 'true' };
    const first = await startProcess(['--data-dir', dir, ...QUIET], env);
    await (await first.connect({ path: '/?user=ann' })).join('room1');
    first.kill('SIGTERM');
    await first.exited;
    const other = await startServer();
    const args = ['serve', '--port', String(other.port), '--data-dir', dir, ...QUIET];
    expect((await runProcess(args, env)).code).toBeGreaterThan(0);
  });

  test('says that another server uses its data, and exits', async () => {
    const dir = await makeTempDir();
    await startProcess(['--data-dir', dir, ...QUIET]);
    const { code, stdout, stderr } = await runProcess(['serve', '--port', '0', '--data-dir', dir, ...QUIET]);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('another Statecast server is using');
    expect(stderr).toContain(dir);
    expect(stderr).not.toMatch(STACK);
  });

  test('says what is wrong with its data directory, and exits', async () => {
    const file = join(await makeTempDir(), 'file');
    await writeFile(file, '');
    const { code, stderr } = await runProcess(['serve', '--port', '0', '--data-dir', file, ...QUIET]);
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain(file);
    expect(stderr).not.toMatch(STACK);
  });

  // Nobody can make a file there, root included.
  test.runIf(process.platform === 'linux')(
    'says that nothing can be written to its data directory, and exits',
    async () => {
      const { code, stdout, stderr } = await runProcess([
        'serve',
        '--port',
        '0',
        '--data-dir',
        '/sys/kernel',
      ]);
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toMatch(
        /^statecast: cannot write to the data directory \/sys\/kernel: .*\((?:EACCES|EPERM|EROFS)\); let the user of the server write there, or choose another directory \(--data-dir\)$/m,
      );
      expect(stderr).not.toMatch(STACK);
    },
  );

  test('starts with the rooms that it can read, and says which file it has put aside', async () => {
    const dir = await makeTempDir();
    const env = { STATECAST_LINE_USER_PARAMETER: 'true' };
    const first = await startProcess(['--data-dir', dir, ...QUIET], env);
    const client = await first.connect({ path: '/?user=ann' });
    await client.join('room1');
    await client.join('room2');
    first.kill('SIGTERM');
    await first.exited;
    const broken = (await readdir(dir)).find((name) => name.startsWith('room2-')) ?? '';
    // It is put aside for its rights; root may read it, and puts it aside for its content.
    await writeFile(join(dir, broken), '{');
    await chmod(join(dir, broken), 0o000);

    const second = await startProcess(['--data-dir', dir], env);
    const again = await second.connect({ path: '/?user=ann' });
    expect(await again.next()).toBe('Subscribe roomNum:room1 success!');
    second.kill('SIGTERM');
    const { code, stderr } = await second.exited;
    expect(code).toBe(0);
    const lines = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { msg: string; setAside?: string; err?: { message: string } });
    const told = lines.filter(({ msg }) => msg === 'store.failed');
    expect(told).toHaveLength(1);
    expect(told[0]?.setAside).toContain(`${broken}.broken-`);
    expect(told[0]?.err?.message).toContain(`${broken} could not be read`);
  });

  test.each([
    ['an open HTTP push', ['--host', '0.0.0.0'], {}, /http\.apiKey/],
    ['a bad port', ['--port', '65536'], {}, /port +65536/],
    ['a bad variable', [], { STATECAST_DRAIN_SECONDS: 'soon' }, /drainSeconds +"soon"/],
  ])('says everything that is wrong with its configuration, such as %s', async (_, args, env, problem) => {
    const dir = await makeTempDir();
    const { code, stdout, stderr } = await runProcess(['serve', '--data-dir', dir, ...args], env);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(problem);
    expect(stderr).not.toMatch(STACK);
  });

  test('says that it cannot listen on an address of another machine', async () => {
    const args = ['--host', '192.0.2.1', '--data-dir', await makeTempDir(), ...QUIET];
    const { code, stderr } = await runProcess(['serve', '--port', '0', ...args], {
      STATECAST_HTTP_OPEN: 'true',
    });
    expect(code).toBeGreaterThan(0);
    expect(stderr).toContain('192.0.2.1');
    expect(stderr).not.toMatch(STACK);
  });
});

describe('while a server drains', () => {
  test('commands under way are finished, new connections are refused, and /health shows the drain', async () => {
    const gate = createGate();
    const asked = createGate();
    const { server, connect, request } = await startServer({
      rooms: { room1: { onMessage: () => (asked.open(), gate.opened) } },
    });
    const [busy, witness, idle] = [await connect(), await connect(), await connect()];
    await busy.join('room1');
    busy.send(sendByRoom('room1', 'under way'), 'subscribe|too late');
    await asked.opened;
    const progress = keepEvents(server, 'server.draining');
    const closed = server.close();
    expect(await idle.closed).toEqual({ code: 3001, reason: 'shutdown' });
    expect(await witness.closed).toEqual({ code: 3001, reason: 'shutdown' });

    const health = await request('/health');
    expect(health.status).toBe(503);
    expect(JSON.parse(health.body)).toMatchObject({ status: 'draining', connections: 1 });
    await expect(connect()).rejects.toMatchObject({ status: 503 });
    await expect(connect()).rejects.toBeInstanceOf(HandshakeRefused);
    expect((await request('/Index/pushAll?message=hi')).status).toBe(503);
    await expect(server.broadcast('hi')).rejects.toMatchObject({ code: 'notAvailable' });
    expect(busy.isOpen).toBe(true);

    const published = nextEvent(server, 'message.published');
    gate.open();
    expect(await busy.closed).toEqual({ code: 3001, reason: 'shutdown' });
    expect(busy.frames.slice(1)).toEqual(['under way', 'SendByRoom success!']);
    expect(await published).toMatchObject({ data: 'under way' });
    await closed;
    expect(progress[0]).toEqual({ connections: 3, rooms: 1 });
    expect(server.health()).toMatchObject({ connections: 0, rooms: 0 });
    await expect(request('/health')).rejects.toThrow(/ECONNREFUSED/);
  });

  test('an HTTP request under way is answered', async () => {
    const gate = createGate();
    const called = createGate();
    const { server, request } = await startServer({
      routes: {
        '/slow': async () => {
          called.open();
          await gate.opened;
          return 'done';
        },
      },
    });
    const answer = request('/slow');
    await called.opened;
    const closed = server.close();
    gate.open();
    expect(await answer).toMatchObject({ status: 200, body: 'done' });
    await closed;
  });

  test('a command that takes too long is dropped', async () => {
    const gate = createGate();
    const asked = createGate();
    const { server, connect } = await startServer({
      drainSeconds: 1,
      rooms: { room1: { onMessage: () => (asked.open(), gate.opened) } },
    });
    const [busy, idle] = [await connect(), await connect()];
    busy.send(sendByRoom('room1', 'hangs'));
    await asked.opened;
    const stopped = nextEvent(server, 'server.stopped');
    await server.close();
    expect(await stopped).toEqual({ reason: 'deadline' });
    expect(await idle.closed).toEqual({ code: 3001, reason: 'shutdown' });
    await busy.closed;
    expect(server.health()).toMatchObject({ connections: 0, rooms: 0 });
    gate.open();
  });
});
