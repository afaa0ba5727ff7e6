import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { createGate } from '../support/gate.ts';
import { startServer } from '../support/start-server.ts';
import { openInspector } from './inspector-page.ts';

const IDLE = 4_998;
/** The machine may be busy with other tests. */
const PATIENCE_MS = 600_000;
/** How many handshakes are under way at the same time: the backlog of a listening socket is short. */
const HANDSHAKES = 200;

/** Any key is valid: the server only has to answer it. */
const HANDSHAKE = [
  'GET / HTTP/1.1',
  'Host: 127.0.0.1',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

/** Opens sockets that send nothing. A WebSocket client for each would need more time than the server. */
async function openSilent(port: number, count: number): Promise<void> {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(HANDSHAKES, count - sockets.length) }, () => {
      const socket = connectTcp(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(HANDSHAKE);
      return socket;
    });
    sockets.push(...batch);
    await Promise.all(batch.map((socket) => once(socket, 'data')));
  }
}

describeInBrowser('five thousand connections', (newTabs) => {
  test('are counted, searched, filtered, sorted and scrolled through', { timeout: PATIENCE_MS }, async () => {
    const tabs = newTabs({ timeoutMs: PATIENCE_MS });
    const gate = createGate();
    const { url, port, connect, server } = await startServer({
      inspector: { access: 'open' },
      // The join waits as long as the page needs, also on a busy machine.
      // Silent sockets do not answer pings either.
      limits: { handlerSeconds: 3_600, idleTimeoutSeconds: 0 },
      rooms: { slow: { onJoin: () => gate.opened } },
    });
    await openSilent(port, IDLE);
    const [member, waiting] = [await connect(), await connect()];
    for (const room of ['room1', 'room2', 'room3']) await member.join(room);
    waiting.send('subscribe|slow');
    const id = (await server.members('room1'))[0]?.id ?? '';

    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    await inspector.kindCount('connection', '5,000');
    await inspector.kind('connection').click();
    await inspector.found('5,000 actors found');

    await inspector.search(id);
    await inspector.found('1 actor found');
    expect(await inspector.actors().count()).toBe(1);
    await inspector.search(id.slice(4, 30).toUpperCase());
    await inspector.found('1 actor found');
    await inspector.search('');
    await inspector.found('5,000 actors found');

    await inspector.choose('State', 'open.work.busy');
    await inspector.found('1 actor found');
    await inspector.actors().filter({ hasText: 'open.work.busy' }).waitFor();
    await inspector.choose('State', 'open.flow');
    await inspector.found('5,000 actors found');
    await inspector.choose('State', '');

    await inspector.choose('Sort', 'rooms');
    await page.getByRole('button', { name: 'Descending' }).click();
    await inspector
      .actors()
      .first()
      .filter({ hasText: /rooms 3/ })
      .waitFor();
    await page.getByRole('button', { name: 'Descending' }).click();
    // Until the answer in the new order, the list is empty and takes no keys.
    await inspector.found('5,000 actors found');
    await page.getByRole('listbox', { name: 'Actors' }).press('End');
    const last = inspector.actors().filter({ hasText: /rooms 3/ });
    await last.waitFor();
    expect(await last.getAttribute('aria-posinset')).toBe('5000');
    expect(await last.getAttribute('aria-setsize')).toBe('5000');
    // Only the visible rows are drawn.
    expect(await inspector.actors().count()).toBeLessThan(100);

    await page.getByRole('listbox', { name: 'Actors' }).press('Enter');
    await inspector.drawn('connection');
    await inspector.untilLit('open.work.ready');
    expect(page.url()).toContain(id);
    expect(tabs.errors).toEqual([]);
  });
});
