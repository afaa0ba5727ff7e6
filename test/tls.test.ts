/** Encrypted connections: a certificate from files, which may be replaced while the server runs. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { Inbox } from '../src/system/inbox-harness.ts';
import { nextEvent } from './support/event-watch.ts';
import { startServer } from './support/start-server.ts';
import { makeTempDir } from './support/temp-dir.ts';
import { makeCertificates } from './support/test-certificates.ts';
import { TRANSPORTS } from './support/transports.ts';

const hasOpenssl = ((): boolean => {
  try {
    execFileSync('openssl', ['version']);
    return true;
  } catch {
    return false;
  }
})();

interface Made {
  readonly ca: Buffer;
  readonly certFile: string;
  readonly keyFile: string;
}

const made: Made[] = [];
const dirs: string[] = [];

beforeAll(async () => {
  if (!hasOpenssl) return;
  for (let count = 0; count < 2; count += 1) {
    const dir = await mkdtemp(join(tmpdir(), 'statecast-tls-'));
    dirs.push(dir);
    const { caFile, certFile, keyFile } = await makeCertificates(dir);
    made.push({ ca: await readFile(caFile), certFile, keyFile });
  }
});

afterAll(() => Promise.all(dirs.map((dir) => rm(dir, { recursive: true }))));

/** Puts a certificate where a server reads it. */
async function install({ certFile, keyFile }: Made, dir: string) {
  await copyFile(certFile, join(dir, 'cert.pem'));
  await copyFile(keyFile, join(dir, 'key.pem'));
  return { certFile: join(dir, 'cert.pem'), keyFile: join(dir, 'key.pem') };
}

/** A client that trusts one authority. */
async function openSocket(port: number, { ca }: Made) {
  const socket = new WebSocket(`wss://127.0.0.1:${port}/`, { ca });
  onTestFinished(() => socket.terminate());
  const frames = new Inbox<string>();
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  await once(socket, 'open');
  return { socket, frames };
}

async function request(port: number, path: string, { ca }: Made) {
  const asked = get({ host: '127.0.0.1', port, path, ca, agent: false });
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  const { serialNumber } = (response.socket as TLSSocket).getPeerCertificate();
  return { status: response.statusCode, body: await text(response), serialNumber };
}

describe.skipIf(!hasOpenssl).each(TRANSPORTS)(
  `TLS on %s${hasOpenssl ? '' : ' (skipped: there is no openssl)'}`,
  (transport) => {
    test('encrypts sockets and requests', async () => {
      const [first] = made as [Made];
      const { port, server } = await startServer({
        transport,
        tls: await install(first, await makeTempDir()),
      });
      expect(await request(port, '/health', first)).toMatchObject({ status: 200 });
      const { socket, frames } = await openSocket(port, first);
      socket.send('subscribe|room1');
      expect(await frames.next()).toBe('Subscribe roomNum:room1 success!');
      const message = 'x'.repeat(60_000);
      await server.publish('room1', message);
      expect(await frames.next()).toBe(message);
      // Who speaks no TLS is not served, and costs nobody anything.
      await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow('fetch failed');
      socket.send('ping');
      expect(await frames.next()).toBe('pong');
    });

    test('shows another certificate when the files change; open connections stay', async () => {
      const [first, second] = made as [Made, Made];
      const dir = await makeTempDir();
      const { port, server } = await startServer({ transport, tls: await install(first, dir) });
      const before = await openSocket(port, first);
      before.socket.send('subscribe|room1');
      await before.frames.next();
      const serial = (await request(port, '/health', first)).serialNumber;
      const changed = nextEvent(server, 'certificate.changed');
      await install(second, dir);
      expect(await changed).toEqual({ certFile: join(dir, 'cert.pem') });
      expect((await request(port, '/health', second)).serialNumber).not.toBe(serial);
      await expect(openSocket(port, first)).rejects.toThrow(/certificate|signature/);
      const after = await openSocket(port, second);
      after.socket.send('subscribe|room1');
      await after.frames.next();
      const say = (frame: string): string => `sendByRoom|{"roomNum":"room1","message":"${frame}"}`;
      before.socket.send(say('from before'));
      expect(await after.frames.next()).toBe('from before');
      expect(await before.frames.next()).toBe('from before');
      expect(await before.frames.next()).toBe('SendByRoom success!');
      after.socket.send(say('from after'));
      expect(await before.frames.next()).toBe('from after');
      expect(await after.frames.next()).toBe('from after');
      expect(await after.frames.next()).toBe('SendByRoom success!');
      await server.broadcast('to all');
      for (const { frames } of [before, after]) expect(await frames.next()).toBe('to all');
      // The last of the old connections ends, and the server closes in order.
      before.socket.close();
      await once(before.socket, 'close');
      after.socket.send('ping');
      expect(await after.frames.next()).toBe('pong');
    });

    test('keeps its certificate when the new files cannot be used, and tells why', async () => {
      const [first, second] = made as [Made, Made];
      const dir = await makeTempDir();
      const { port, server } = await startServer({ transport, tls: await install(first, dir) });
      const failed = nextEvent(server, 'certificate.failed');
      await copyFile(second.certFile, join(dir, 'cert.pem'));
      expect(String((await failed).error)).toMatch(/tls\.keyFile .*key\.pem has to be a file with the key/);
      expect(await request(port, '/health', first)).toMatchObject({ status: 200 });
      const changed = nextEvent(server, 'certificate.changed');
      await copyFile(second.keyFile, join(dir, 'key.pem'));
      await changed;
      expect(await request(port, '/health', second)).toMatchObject({ status: 200 });
    });
  },
);

describe.skipIf(!hasOpenssl)('files that cannot be used at the start', () => {
  test.each([
    ['are missing', 'tls.certFile', undefined],
    ['are no certificate', 'tls.certFile', 'nonsense'],
  ])('are told if they %s', async (_, path, content) => {
    const dir = await makeTempDir();
    const { keyFile } = await install(made[0]!, dir);
    const certFile = join(dir, 'other.pem');
    if (content !== undefined) await writeFile(certFile, content);
    await expect(startServer({ tls: { certFile, keyFile } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      problems: [{ path, given: JSON.stringify(certFile) }],
    });
  });

  test('are told if the key is of another certificate, or missing', async () => {
    const [first, second] = made as [Made, Made];
    const { certFile } = first;
    await expect(startServer({ tls: { certFile, keyFile: second.keyFile } })).rejects.toMatchObject({
      problems: [{ path: 'tls.keyFile' }],
    });
    await expect(startServer({ tls: { certFile } })).rejects.toThrow(
      'nothing, unless tls.keyFile is set too',
    );
  });
});
