/** Both transports as a user meets them: which one runs, why, and that nothing needs uWebSockets.js. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadUws } from '../src/transport/uws/load.ts';
import { pickPort } from './support/pick-port.ts';
import { runProcess, startProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const QUIET = ['--log-level', 'silent'];

describe('the transport of a process', () => {
  test.each(['uws', 'ws'])('listens on %s again at once on the port that it had', async (transport) => {
    if (transport === 'uws' && loadUws().uws === undefined) return;
    const flags = [...QUIET, '--transport', transport, '--port', String(await pickPort())];
    const first = await startProcess(flags, MEMORY);
    await first.connect();
    // The server closes the socket first, and the system keeps its address for a minute.
    first.kill('SIGTERM');
    expect((await first.exited).code).toBe(0);
    const second = await startProcess(flags, MEMORY);
    expect(await (await second.connect()).ask('ping')).toBe('pong');
  });

  test('is the one that is asked for', async () => {
    const { connect, request, banner } = await startProcess([...QUIET, '--transport', 'ws'], MEMORY);
    expect(JSON.parse((await request('/health')).body)).toMatchObject({ transport: { name: 'ws' } });
    expect(banner).toContain('\n  on       ws\n');
    const client = await connect();
    await client.join('room1');
    expect(await client.ask('ping')).toBe('pong');
  });

  test('is in the log', async () => {
    const { kill, exited } = await startProcess(['--transport', 'ws'], MEMORY);
    kill('SIGTERM');
    expect((await exited).stderr).toMatch(/"name":"ws".*"msg":"transport"/);
  });

  test('is ws where uWebSockets.js is not installed, and the banner and the health say why', async () => {
    const { connect, request, banner } = await startProcess(QUIET, await withoutUws());
    const reason = 'uWebSockets.js is not used: it is not installed.';
    expect(banner).toContain(reason);
    expect(JSON.parse((await request('/health')).body)).toMatchObject({ transport: { name: 'ws', reason } });
    expect(await (await connect()).ask('ping')).toBe('pong');
  });

  test('cannot be uws there: the configuration is refused, with the reason', async () => {
    const { code, stderr } = await runProcess(
      ['serve', '--port', '0', '--transport', 'uws'],
      await withoutUws(),
    );
    expect(code).not.toBe(0);
    expect(stderr).toMatch(
      /transport +"uws" +uWebSockets\.js cannot be used: it is not installed; set transport/,
    );
  });

  test('is ws beyond loopback, unless the setting says otherwise', async () => {
    const beyond = { ...MEMORY, STATECAST_HOST: '0.0.0.0', STATECAST_HTTP_OPEN: 'true' };
    const { request } = await startProcess(QUIET, beyond);
    expect(JSON.parse((await request('/health')).body)).toMatchObject({
      transport: { name: 'ws', reason: expect.stringMatching(/^uWebSockets\.js is not used: .*\.$/) },
    });
  });
});

const MEMORY = { STATECAST_STORE: 'memory' };

/** The environment of a process that cannot find uWebSockets.js. */
async function withoutUws(): Promise<Record<string, string>> {
  const file = join(await makeTempDir(), 'without-uws.cjs');
  await writeFile(
    file,
    `const Module = require('node:module');
     const resolve = Module._resolveFilename;
     Module._resolveFilename = (name, ...rest) => {
       if (name === 'uWebSockets.js') throw new Error("Cannot find module 'uWebSockets.js'");
       return resolve(name, ...rest);
     };`,
  );
  return { ...MEMORY, NODE_OPTIONS: `--require=${file}` };
}
