import { readFile } from 'node:fs/promises';
import type { Download } from 'playwright-core';
import { expect, test } from 'vitest';
import { answer, type MembershipStore } from '../../src/index.ts';
import { createMemoryStore } from '../../src/storage/memory-store.ts';
import { describeInBrowser } from '../support/browser.ts';
import { nextEvent } from '../support/event-watch.ts';
import { createGate } from '../support/gate.ts';
import { sendByRoom } from '../support/line-client.ts';
import { startServer } from '../support/start-server.ts';
import { openInspector } from './inspector-page.ts';
import { RoomPage } from './room-page.ts';

const OPEN = { inspector: { access: 'open' } } as const;
const TOKEN = 'a token of the admin';

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1440, height: 900 };

/** The downloaded file, as text. */
async function read(download: Download): Promise<string> {
  return readFile(await download.path(), 'utf8');
}

describeInBrowser('who opens the inspector', (newTabs) => {
  test('must give the token if one is set, sees an error for a wrong one, and the right one is kept', async () => {
    const tabs = newTabs();
    const { url } = await startServer({ inspector: { token: TOKEN } });
    const inspector = await openInspector(tabs, url, '#/server/server');
    const { page } = inspector;
    const form = page.getByTestId('token-form');
    const field = form.getByLabel('Admin token');
    await inspector.link('locked');
    await field.fill('a token of somebody else');
    await form.getByRole('button', { name: 'Open' }).click();
    await form.getByRole('alert').filter({ hasText: 'The server says' }).waitFor();
    expect(await page.locator('.layout, [data-chart], [data-testid^=kind-]').count()).toBe(0);
    await field.fill(TOKEN);
    await field.press('Enter');
    await inspector.untilLit('listening.settled');
    expect(page.url()).toBe(`${url}inspector#/server/server`);
    await page.reload();
    await inspector.untilLit('listening.settled');
    expect(await inspector.content()).not.toContain(TOKEN);
    expect(tabs.errors).toEqual([]);
  });

  test('sees nothing if nobody may watch', async () => {
    const { url } = await startServer();
    const inspector = await openInspector(newTabs(), url, '#/server/server');
    await inspector.link('barred');
    const { page } = inspector;
    expect(await page.getByTestId('barred').innerText()).toContain('inspector.token');
    expect(await page.locator('.layout, [data-chart], [data-testid^=kind-]').count()).toBe(0);
    expect(await inspector.violations()).toEqual([]);
  });

  test.each([true, false])(
    'finds links to the inspector on the pages only if it is enabled: %o',
    async (enabled) => {
      const tabs = newTabs();
      const { url } = await startServer({ inspector: { enabled, access: 'open' } });
      const page = await tabs.open(url);
      await page.getByTestId('health-status').filter({ hasText: 'ok' }).waitFor();
      expect((await page.locator('a[href="/inspector"]:visible').count()) > 0).toBe(enabled);
      const room = await tabs.open(`${url}room1`);
      await new RoomPage(room).joined();
      await room
        .locator('a[href="/inspector"]')
        .first()
        .waitFor({ state: enabled ? 'visible' : 'hidden' });
      const inspector = await tabs.open(`${url}inspector`);
      expect(await inspector.locator('main#inspector').count()).toBe(enabled ? 1 : 0);
    },
  );
});

describeInBrowser('what the inspector withholds', (newTabs) => {
  test('is the content of messages and calls: it is neither in the page nor in the received frames', async () => {
    const secret = 'nobody-may-read-this';
    const tabs = newTabs();
    const { url, connect, server } = await startServer({
      ...OPEN,
      rooms: {
        'lobby*': { onMessage: ({ data }) => (data === 'ask' ? answer(`${secret}-answer`) : undefined) },
      },
    });
    const client = await connect();
    await client.join('lobby');
    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    const frames: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    await page.reload();
    await inspector.show('#/room/lobby');
    await inspector.drawn('room');
    await inspector.untilLit('active.broadcast.flowing');
    client.send(sendByRoom('lobby', secret), sendByRoom('lobby', 'ask'));
    client.send(`rpc|${JSON.stringify({ roomNum: 'lobby', method: 'a.b', args: { secret } })}`);
    await server.publish('lobby', { [secret]: secret });
    await inspector.event('room.call').waitFor();
    await page.getByRole('checkbox', { name: 'related' }).check();
    expect(await inspector.sequence()).toContainEqual(expect.stringMatching(/→ room lobby: room.publish$/));
    for (const event of await inspector.events().all()) await event.click();
    await page.getByTestId('event-detail').waitFor();
    await inspector.turnTo('History');
    await page.getByRole('region', { name: 'Recorded transitions' }).waitFor();
    expect(await inspector.content()).not.toContain(secret);
    expect(frames.join('\n')).toContain('room.publish');
    expect(frames.join('\n')).not.toContain(secret);
  });
});

describeInBrowser('an actor that has failed', (newTabs) => {
  test('is found by its status, shows the events before it, and can be downloaded', async () => {
    const tabs = newTabs();
    // The fault: the store fails once, and then returns members in a wrong form.
    const reading = createGate();
    let loads = 0;
    const store: MembershipStore = {
      ...createMemoryStore(),
      rooms: () => Promise.resolve({ rooms: [] }),
      write: () => Promise.resolve(),
      close: () => Promise.resolve(),
      load: async () => {
        loads += 1;
        if (loads === 1) throw new Error('the disk is away');
        await reading.opened;
        return { members: undefined } as never;
      },
    };
    const { url, connect, server } = await startServer({ ...OPEN, store });
    const client = await connect();
    await client.join('lobby');
    await client.ask(sendByRoom('lobby', 'hello'));
    const failed = nextEvent(server, 'room.failed');
    reading.open();
    await failed;

    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    await inspector.choose('Status', 'failed');
    await inspector.found('1 actor found');
    await inspector.actors().filter({ hasText: 'lobby' }).click();
    await inspector.turnTo('History');
    const history = page.getByTestId('history');
    await history.getByRole('group', { name: 'Failure' }).waitFor();
    const told = await history.innerText();
    expect(told).toContain('TypeError');
    for (const event of ['room.join', 'member.joined', 'room.publish']) expect(told).toContain(event);

    const [json] = await Promise.all([
      page.waitForEvent('download'),
      history.getByRole('button', { name: 'Download JSON' }).click(),
    ]);
    expect(JSON.parse(await read(json))).toMatchObject({
      kind: 'room',
      id: 'lobby',
      failure: { error: expect.stringContaining('TypeError') },
      entries: expect.arrayContaining([expect.objectContaining({ event: 'room.join' })]),
    });
    const [diagram] = await Promise.all([
      page.waitForEvent('download'),
      history.getByRole('button', { name: 'Download sequence diagram' }).click(),
    ]);
    expect(await read(diagram)).toMatch(/^sequenceDiagram\n[^]*room\.join/);
    expect(tabs.errors).toEqual([]);
  });
});

describeInBrowser('control', (newTabs) => {
  test('mutes a room, kicks a connection and closes the room, each after a confirmation', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer({ inspector: { access: 'open', control: true } });
    const [first, second] = [await connect(), await connect()];
    await first.join('lobby');
    await second.join('lobby');
    const [kicked] = await server.members('lobby');
    const inspector = await openInspector(tabs, url, '#/room/lobby');
    const { page } = inspector;
    const dialog = inspector.dialog();
    await inspector.untilLit('active.broadcast.flowing');

    await page.getByRole('button', { name: 'Send event…' }).click();
    await dialog.getByLabel('Event', { exact: true }).selectOption('room.mute');
    await dialog.getByRole('button', { name: 'Send…' }).click();
    await dialog.getByText('This happens in the running server.').waitFor();
    expect(await inspector.lit()).toContain('active.broadcast.flowing');
    await dialog.getByRole('button', { name: 'Yes, send it' }).click();
    await dialog.getByRole('status').filter({ hasText: 'Done.' }).waitFor();
    await dialog.getByRole('button', { name: 'Close', exact: true }).click();
    await inspector.untilLit('active.broadcast.muted');
    expect(await second.ask(sendByRoom('lobby', 'x'))).toMatch(/muted/);

    await inspector.show(`#/connection/${kicked?.id}`);
    await page.getByRole('button', { name: 'Kick…' }).click();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(first.isOpen).toBe(true);
    await page.getByRole('button', { name: 'Kick…' }).click();
    await dialog.getByRole('button', { name: 'Kick', exact: true }).click();
    expect((await first.closed).code).toBe(3503);
    await page.locator('.standing .status').filter({ hasText: 'done' }).waitFor();
    await page.keyboard.press('Escape');

    await inspector.show('#/room/lobby');
    await page.getByRole('button', { name: 'Close room…' }).click();
    await dialog.getByLabel(/^Reason/).fill('enough for today');
    await dialog.getByRole('button', { name: 'Close room', exact: true }).click();
    expect(await second.next()).toContain('enough for today');
    expect(tabs.errors).toEqual([]);
  });

  test('is not offered if it is not allowed', async () => {
    const { url, connect } = await startServer(OPEN);
    await (await connect()).join('lobby');
    const inspector = await openInspector(newTabs(), url, '#/room/lobby');
    await inspector.untilLit('active.broadcast.flowing');
    expect(await inspector.page.getByRole('group', { name: 'Control' }).count()).toBe(0);
    expect(await inspector.page.getByRole('button', { name: /Send event|Close room|Kick/ }).count()).toBe(0);
  });
});

describeInBrowser('the keyboard alone', (newTabs) => {
  test('leads from the top of the page to an actor, its chart, one of its states, and back', async () => {
    const tabs = newTabs();
    const { url, connect } = await startServer(OPEN);
    await (await connect()).join('lobby');
    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    const { keyboard } = page;
    await inspector.found('4 actors');
    await inspector.pressUntil('Tab', page.getByRole('searchbox', { name: 'Search by id or user' }));
    await keyboard.type('lobby');
    await inspector.pressUntil('Tab', page.getByRole('listbox', { name: 'Actors' }));
    await inspector.found('found');
    await keyboard.press('End');
    await keyboard.press('Enter');
    await inspector.drawn('room');
    await inspector.untilLit('active.broadcast.flowing');

    const box = (path: string) => page.locator(`[data-chart] [data-state="${path}"]`);
    await inspector.pressUntil('Tab', page.locator('[data-chart] [data-state]'));
    await keyboard.press('Home');
    await inspector.pressUntil('ArrowRight', box('opening'), 1);
    await inspector.pressUntil('ArrowDown', box('active'), 1);
    await keyboard.press('Enter');
    expect(await box('active').getAttribute('aria-pressed')).toBe('true');
    await inspector.pressUntil('Tab', inspector.tab('Context'));
    await keyboard.press('ArrowRight');
    await page.getByTestId('state-list').waitFor();
    const lines = page.getByTestId('state-list').locator('button.state[aria-pressed=true]');
    expect(await lines.innerText()).toContain('active');
    await inspector.pressUntil('Shift+Tab', page.getByRole('listbox', { name: 'Actors' }));
    expect(tabs.errors).toEqual([]);
  });
});

describeInBrowser('every view', (newTabs) => {
  test.each([
    ['light', DESK],
    ['dark', DESK],
    ['light', PHONE],
    ['dark', PHONE],
  ] as const)(
    'is accessible and fits, %s, %o',
    async (colorScheme, viewport) => {
      const tabs = newTabs();
      const { url, connect } = await startServer(OPEN);
      const client = await connect();
      await client.join('lobby');
      const inspector = await openInspector(tabs, url, '', {
        colorScheme,
        viewport,
        reducedMotion: 'reduce',
      });
      const { page } = inspector;
      const check = async (view: string): Promise<void> => {
        expect(await inspector.violations(), view).toEqual([]);
        expect(await inspector.overflow(), view).toBeLessThanOrEqual(0);
      };
      await inspector.link('ready');
      await inspector.found('4 actors');
      await check('overview');
      await inspector.show('#/room/lobby');
      await inspector.drawn('room');
      await inspector.untilLit('active.broadcast.flowing');
      client.send(sendByRoom('lobby', 'hello'));
      await page
        .getByTestId('moment')
        .filter({ hasText: /^Live, / })
        .waitFor();
      await check('actor');
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByRole('button', { name: 'One event back' }).click();
      await check('actor, a moment ago');
      await page.getByTestId('live').click();
      await inspector.turnTo('Members');
      await page.getByTestId('members').getByRole('link').waitFor();
      await check('members');
      await inspector.turnTo('History');
      await page.getByRole('region', { name: 'Recorded transitions' }).waitFor();
      await check('history');
      await inspector.turnTo('States');
      await page.getByTestId('state-list').waitFor();
      await check('states');

      const locked = await startServer({ inspector: { token: TOKEN } });
      const form = await openInspector(tabs, locked.url, '', { colorScheme, viewport });
      await form.page.getByTestId('token-form').waitFor();
      expect(await form.violations(), 'token form').toEqual([]);
      expect(await form.overflow(), 'token form').toBeLessThanOrEqual(0);
      // Axe looks at every element of six views, which takes most of a minute on a busy machine.
    },
    180_000,
  );
});
