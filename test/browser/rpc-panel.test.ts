import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import axe from 'axe-core';
import { expect, onTestFinished, test } from 'vitest';
import { createHelloServer, HELLO_OBJECT } from '../../src/server/demo/hello-servant.ts';
import { createMemoryStore, serve } from '../../src/index.ts';
import { HelloMethods } from '../../src/tars/servants/hello.ts';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { RoomPage } from './room-page.ts';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

/** Starts a server with the example servant. `demo` is its setting for the panel. */
async function startDemo(demo: boolean) {
  const errors: unknown[] = [];
  const hello = createHelloServer(0, (error) => errors.push(error));
  onTestFinished(() => hello.close());
  const { port } = await hello.listen();
  return { url: await startServing(demo, port), hello, errors };
}

/** Starts a server with a servant at this port, of which the page shows the panel. */
async function startServing(demo: boolean, port: number, callSeconds = 10): Promise<string> {
  const object = `${HELLO_OBJECT}@tcp -h 127.0.0.1 -p ${port}`;
  // `serve` has the setting; the servant of this test takes the place of its own.
  const { address, stop } = await serve({
    port: 0,
    demo,
    store: createMemoryStore(),
    log: { level: 'silent' },
    args: [],
    tars: { callSeconds },
    servants: { hello: { object, methods: HelloMethods } },
    rooms: { '*': { rpc: ['hello.*'] } },
  });
  onTestFinished(() => stop());
  return `http://127.0.0.1:${address.port}/`;
}

/** Listens as a servant that never answers; returns its port. */
async function startSilentServant(): Promise<number> {
  const sockets = new Set<Socket>();
  const peer = createNetServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    peer.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    peer.close();
  });
  return (peer.address() as AddressInfo).port;
}

/** The panel, for tests. */
async function openPanel(tabs: Tabs, url: string, options: Parameters<Tabs['open']>[1] = {}) {
  const page = await tabs.open(`${url}room1`, options);
  const room = new RoomPage(page);
  await room.joined();
  const panel = page.getByTestId('servant-panel');
  await panel.and(page.locator(':not([hidden])')).waitFor({ state: 'attached' });
  return {
    page,
    room,
    panel,
    async call(text: string): Promise<void> {
      await panel.getByRole('textbox').fill(text);
      await panel.getByRole('button', { name: 'Call' }).click();
    },
    answer: (text: string | RegExp) => panel.getByTestId('call-answer').filter({ hasText: text }).waitFor(),
    time: () => panel.getByTestId('call-time').innerText(),
    state: (state: string) => panel.locator(`[data-testid=servant-state][data-state="${state}"]`).waitFor(),
  };
}

describeInBrowser('the panel that calls a servant', (newTabs) => {
  test('shows the answer, the duration and how the servant is', async () => {
    const tabs = newTabs();
    const { url, errors } = await startDemo(true);
    const { call, answer, time, state, panel, page, room } = await openPanel(tabs, url);
    await state('idle');
    await call('Ann');
    await answer('Hello, Ann!');
    expect(await time()).toMatch(/^answered in [\d.]+ ms$/);
    await state('healthy');
    expect(await panel.locator('.chart-strip .lit').innerText()).toBe('healthy');
    await page.getByRole('status').filter({ hasText: 'Hello, Ann! answered in' }).waitFor();
    expect(await room.messages()).toEqual([]);
    expect(tabs.errors).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('calls the selected function', async () => {
    const { url } = await startDemo(true);
    const { call, answer, panel } = await openPanel(newTabs(), url);
    await panel.getByRole('radio', { name: 'countWords' }).check({ force: true });
    expect(await panel.getByRole('textbox', { name: 'Text to count in' }).isVisible()).toBe(true);
    await call('to be or not to be');
    await answer('4 different words: to 2, be 2, or 1, not 1');
  });

  test('shows that the servant is not running after it was stopped', async () => {
    const tabs = newTabs();
    const { url, hello } = await startDemo(true);
    const { call, answer, state, panel } = await openPanel(tabs, url);
    await call('Ann');
    await state('healthy');
    await hello.close();
    await state('idle');
    await call('Ann');
    await answer('Sorry, the servant is not running (code 1001).');
    expect(await panel.getByTestId('call-answer').getAttribute('data-kind')).toBe('error');
    await state('idle');
    expect(tabs.errors).toEqual([]);
  });

  test('says that a servant is failing that does not answer', async () => {
    const url = await startServing(true, await startSilentServant(), 0.05);
    const { call, answer, state, panel } = await openPanel(newTabs(), url);
    const failing = panel.locator('[data-testid=servant-state][data-state=failing]');
    for (let calls = 0; calls < 30 && (await failing.count()) === 0; calls += 1) {
      await call('Ann');
      await answer(/^Sorry, /);
    }
    await state('failing');
    expect(await panel.getByTestId('servant-state').innerText()).toMatch(/^Failing: /);
    expect(await panel.locator('.chart-strip .lit').innerText()).toBe('failing');
  });

  test('does not affect messages, and says when there is no connection', async () => {
    const { url } = await startDemo(true);
    const { call, answer, page, room } = await openPanel(newTabs(), url);
    await call('Ann');
    await room.say('a message meanwhile');
    await answer('Hello, Ann!');
    await room.message('a message meanwhile').waitFor();
    expect(await room.messages()).toEqual(['me: a message meanwhile']);
    await page.getByRole('button', { name: 'Disconnect' }).click();
    await room.status('closed');
    await call('Ann');
    await answer('Not connected: the call was not sent.');
  });

  test('is among the details on a phone, and can be opened and used with only the keyboard', async () => {
    const { url } = await startDemo(true);
    const { answer, page, panel, state } = await openPanel(newTabs(), url, { viewport: PHONE });
    const list = await page.locator('.stream').boundingBox();
    expect(list?.height).toBeGreaterThanOrEqual(PHONE.height / 2);
    expect(await panel.isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Details' }).focus();
    await page.keyboard.press('Enter');
    await panel.getByRole('textbox').focus();
    await page.keyboard.type('Bo');
    await page.keyboard.press('Enter');
    await answer('Hello, Bo!');
    await state('healthy');
    expect(
      await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth'),
    ).toBeLessThanOrEqual(0);
    expect(
      await page.evaluate<number>('document.documentElement.scrollHeight - innerHeight'),
    ).toBeLessThanOrEqual(0);
  });

  test.each([
    ['light', PHONE],
    ['dark', DESK],
  ] as const)(
    'is accessible, unfolded, with an answer and with an error, %s, %o',
    async (colorScheme, viewport) => {
      const { url, hello } = await startDemo(true);
      const { call, answer, page } = await openPanel(newTabs(), url, { colorScheme, viewport });
      if (viewport === PHONE) await page.getByRole('button', { name: 'Details' }).click();
      await page.evaluate(axe.source);
      for (const words of [/^Hello, Ann!$/, /^Sorry, /]) {
        await call('Ann');
        await answer(words);
        const found = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
        expect(found.violations.map(({ id }) => id)).toEqual([]);
        await hello.close();
      }
    },
  );

  test('is absent if the server has no demo', async () => {
    const { url } = await startDemo(false);
    const page = await newTabs().open(`${url}room1`);
    // The link and the panel appear after the same response.
    await page.getByRole('link', { name: 'Inspector' }).waitFor();
    expect(await page.getByTestId('servant-panel').isVisible()).toBe(false);
  });
});
