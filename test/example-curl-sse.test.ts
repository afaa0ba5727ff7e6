/** The shell script of examples/ that reads a room with curl. */

import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Inbox } from '../src/system/inbox-harness.ts';
import { startServer } from './support/start-server.ts';

const SCRIPT = fileURLToPath(new URL('../examples/curl-sse.sh', import.meta.url));

/** Runs the script, with a process group of its own, since it starts curl. */
function run(...args: readonly string[]): Inbox<unknown> {
  const child = spawn('bash', [SCRIPT, ...args], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = new Inbox<unknown>();
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  child.on('close', (code) => lines.end(`it ended with ${code}`));
  onTestFinished(() => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid);
  });
  return lines;
}

test('the script prints what is said in the room', async () => {
  const { url, server } = await startServer();
  const lines = run(url.slice(0, -1), 'room2');
  expect(await lines.next()).toEqual({ id: 2, subscribe: {} });
  await server.publish('room2', { text: 'hi' });
  expect(await lines.next()).toMatchObject({ push: { channel: 'room2', pub: { data: { text: 'hi' } } } });
});

test('the script answers pings with the session that it was given', async () => {
  const pongs = new Inbox<unknown>();
  const takePong = async (request: IncomingMessage): Promise<void> =>
    pongs.push(JSON.parse(await text(request)));
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      void takePong(request).then(() => response.writeHead(204).end());
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(
      '\r\ndata: {"id":1,"connect":{"client":"1","session":"s-1","node":"n-1"}}\n\ndata: {}\n\n',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  run(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  expect(await pongs.next()).toEqual({ session: 's-1', node: 'n-1', data: '{}' });
});
