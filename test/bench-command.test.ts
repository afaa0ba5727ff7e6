/** The command `statecast bench`, on a real server. */

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { runBench } from '../src/cli/bench/bench.ts';
import type { BenchFlags } from '../src/cli/bench/plan.ts';
import { startServer } from './support/start-server.ts';

const FLAGS: BenchFlags = {
  protocol: 'line',
  connections: '6',
  rooms: '2',
  rate: '20',
  seconds: '1',
  size: '64',
  roomPrefix: 'load:',
  json: true,
};

async function bench(
  address: string,
  flags: Partial<BenchFlags>,
  signal: AbortSignal = new AbortController().signal,
) {
  const { exitCode, stdout } = await runBench({
    address,
    flags: { ...FLAGS, ...flags },
    signal,
    showProgress: undefined,
  });
  return { exitCode, report: JSON.parse(stdout) as Record<string, unknown> };
}

test.each(['line', 'centrifuge'] as const)(
  'counts every delivery, with the protocol %s',
  async (protocol) => {
    const { url, server } = await startServer();
    const messages: string[] = [];
    server.on('message.published', ({ room }) => messages.push(room));
    const { exitCode, report } = await bench(url, { protocol });
    expect(exitCode).toBe(0);
    expect(report).toMatchObject({
      connected: 6,
      sent: 20,
      delivered: 60,
      lost: 0,
      stopped: false,
      errors: {},
    });
    expect(messages).toHaveLength(20);
    expect(new Set(messages).size).toBe(2);
    expect(messages[0]).toMatch(/^load:/);
  },
);

test('tells what the server refuses, and that nothing was delivered', async () => {
  const { url } = await startServer({ rooms: { 'load:*': { may: { publish: 'nobody' } } } });
  const { exitCode, report } = await bench(url, {});
  expect(exitCode).toBe(1);
  const { errors, delivered } = report as { errors: Record<string, number>; delivered: number };
  expect(delivered).toBe(0);
  expect(Object.values(errors).reduce((all, one) => all + one)).toBe(20);
  expect(Object.keys(errors)[0]).toMatch(/^you may not publish in load:/);
});

test.each(['line', 'centrifuge'] as const)('is refused where no client may join: %s', async (protocol) => {
  const { url } = await startServer({ rooms: { 'load:*': { may: { join: 'nobody' } } } });
  await expect(bench(url, { protocol })).rejects.toThrow(
    /no client could join a room at .*: you may not join/,
  );
});

test('is refused where no server listens', async () => {
  const { url, server } = await startServer();
  await server.close();
  await expect(bench(url, {})).rejects.toThrow(/no server listens there/);
});

test('ends early, leaves no connection behind and tells what it has', async () => {
  const { url, server } = await startServer();
  const stopping = new AbortController();
  server.once('message.published', () => stopping.abort());
  const { exitCode, report } = await bench(url, { seconds: '300' }, stopping.signal);
  expect(exitCode).toBe(0);
  expect(report).toMatchObject({ stopped: true, lost: 0 });
  expect(report['sent']).toBeLessThan(20 * 300);
  await expect.poll(() => server.health().connections).toBe(0);
});

test('ends at once while clients wait for a server that does not answer', async () => {
  const silent = createServer();
  const sockets = new Set<Socket>();
  const stopping = new AbortController();
  silent.on('connection', (socket) => {
    sockets.add(socket);
    stopping.abort();
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
  await new Promise<void>((resolve) => void silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const { report } = await bench(`ws://127.0.0.1:${port}`, {}, stopping.signal);
  expect(report).toMatchObject({ connected: 0, sent: 0, stopped: true, errors: {} });
});

test('counts what is lost when the server goes away', async () => {
  const { url, server } = await startServer();
  server.once('message.published', () => void server.close());
  const { exitCode, report } = await bench(url, {});
  expect(exitCode).toBe(1);
  expect(report['errors']).toMatchObject({ 'closed with 3001 shutdown': 6 });
});
