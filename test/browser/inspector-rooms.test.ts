import { expect, test } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { nextEvent } from '../support/event-watch.ts';
import { sendByRoom } from '../support/line-client.ts';
import { startServer } from '../support/start-server.ts';
import { openInspector, type InspectorPage } from './inspector-page.ts';

const KEPT = { history: { size: 100, ttlSeconds: 600 } } as const;
const CONTROLLED = {
  inspector: { access: 'open', control: true },
  rooms: { 'lobby*': KEPT },
  authenticate({ query }: { readonly query: URLSearchParams }) {
    const user = query.get('user') ?? 'somebody';
    return { user, info: { name: `The ${user}` } };
  },
} as const;
const WATCHED = { inspector: { access: 'open' }, rooms: { 'lobby*': KEPT } } as const;
const PHONE = { width: 390, height: 844 };

/** Presses a button of the dialog that is open, and waits until the server has done it. */
async function confirm(inspector: InspectorPage, name: string): Promise<void> {
  const button = inspector.dialog().getByRole('button', { name, exact: true });
  await button.click();
  await button.waitFor({ state: 'detached' });
  // The dialog goes with the row that it belongs to.
  await inspector.page.keyboard.press('Escape');
}

describeInBrowser('the messages of a room', (newTabs) => {
  test('are published as JSON or as text, shown with their sender, paged through and removed', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer(CONTROLLED);
    const client = await connect({ path: '/?user=ann' });
    await client.join('lobby');
    for (let number = 1; number <= 25; number += 1) await server.publish('lobby', { number });
    const inspector = await openInspector(tabs, url, '#/room/lobby/messages');
    const { page } = inspector;
    const messages = page
      .getByRole('list', { name: 'Kept messages, the latest first' })
      .getByRole('listitem');
    await messages.filter({ hasText: '{"number":25}' }).waitFor();
    expect(await messages.count()).toBe(20);
    expect(await messages.first().innerText()).toMatch(/#25.*from the server/s);
    await page.getByRole('button', { name: 'Older' }).click();
    await messages.filter({ hasText: '{"number":1}' }).waitFor();
    expect(await messages.count()).toBe(5);

    const field = page.getByLabel('Message to all members');
    await field.fill('{"text": "hello"');
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText(/this is not JSON/).waitFor();
    await field.fill('{"text": "hello"}');
    await page.getByRole('button', { name: 'Publish' }).click();
    await messages.filter({ hasText: '{"text":"hello"}' }).waitFor();
    expect(await field.inputValue()).toBe('');
    await page.getByRole('combobox', { name: 'as' }).selectOption('text');
    await field.fill('plain words');
    await page.getByRole('button', { name: 'Publish' }).click();
    await messages.filter({ hasText: 'plain words' }).waitFor();
    await client.ask(sendByRoom('lobby', 'from ann'));
    await messages.filter({ hasText: 'from ann' }).waitFor();
    expect(await page.getByTestId('position').innerText()).toMatch(/^offset 28, epoch /);

    await page.getByRole('button', { name: 'Remove history…' }).click();
    await confirm(inspector, 'Remove history');
    await page.getByText(/keeps no messages now/).waitFor();
    expect((await server.history('lobby')).publications).toEqual([]);
    await inspector.turnTo('Rules');
    const acts = page.getByTestId('acts');
    await acts.getByRole('listitem').filter({ hasText: 'remove history' }).waitFor();
    expect(await acts.getByRole('listitem').count()).toBe(3);
    expect(tabs.errors).toEqual([]);
  });

  test('are counted and withheld without the control, and nothing is offered', async () => {
    const { url, connect, server } = await startServer(WATCHED);
    await (await connect()).join('lobby');
    await server.publish('lobby', { text: 'a secret' });
    const inspector = await openInspector(newTabs(), url, '#/room/lobby/messages');
    const { page } = inspector;
    await page.getByRole('listitem').filter({ hasText: 'withheld' }).waitFor();
    expect(await inspector.content()).not.toContain('a secret');
    expect(await page.getByRole('button', { name: /Publish|Remove history|Mute|Close room/ }).count()).toBe(
      0,
    );
    await inspector.turnTo('Members');
    await page.getByTestId('presence').getByRole('rowheader').first().waitFor();
    expect(await page.getByRole('button', { name: /Kick|Disconnect/ }).count()).toBe(0);
  });
});

describeInBrowser('the members of a room', (newTabs) => {
  test('are listed with their info, found, kicked and disconnected', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer({
      ...CONTROLLED,
      membership: { reconnectSeconds: 60 },
    });
    const clients = new Map<string, Awaited<ReturnType<typeof connect>>>();
    for (const user of ['ann', 'bob', 'cid']) {
      const client = await connect({ path: `/?user=${user}` });
      await client.join('lobby');
      clients.set(user, client);
    }
    const away = nextEvent(server, 'member.away');
    clients.get('cid')?.terminate();
    await away;
    const inspector = await openInspector(tabs, url, '#/room/lobby/members');
    const { page } = inspector;
    const rows = page.getByTestId('presence').locator('tbody tr');
    await rows.filter({ hasText: 'cid' }).filter({ hasText: 'away for' }).waitFor();
    expect(await rows.count()).toBe(3);
    expect(await rows.first().innerText()).toContain('{"name":"The ann"}');
    await page.getByRole('searchbox', { name: 'Search members by id or user' }).fill('BOB');
    await page.getByText('1 found').waitFor();
    await page.getByRole('button', { name: 'Kick… bob' }).click();
    await inspector
      .dialog()
      .getByLabel(/^Reason/)
      .fill('be nice');
    await confirm(inspector, 'Kick');
    expect(await clients.get('bob')?.next()).toContain('be nice');
    await page.getByRole('searchbox', { name: 'Search members by id or user' }).fill('');
    await page.getByRole('button', { name: 'Disconnect… ann' }).click();
    await confirm(inspector, 'Disconnect');
    expect((await clients.get('ann')?.closed)?.code).toBe(3503);
    await page.getByRole('button', { name: 'Kick… cid' }).click();
    await confirm(inspector, 'Kick');
    await rows.filter({ hasText: 'cid' }).waitFor({ state: 'detached' });
    expect(await server.members('lobby')).toEqual([]);
    expect(tabs.errors).toEqual([]);
  });
});

describeInBrowser('what others have written', (newTabs) => {
  const TURNED = '\u202Egnp.exe';
  const MARKUP = '<img src=x onerror="document.title=1">';

  test('is text, and turns no words around it; who is present from outside is ended, not kicked', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer(CONTROLLED);
    await (await connect({ path: `/?user=${encodeURIComponent(TURNED)}` })).join('lobby');
    await (await connect({ path: `/?user=${encodeURIComponent(MARKUP)}` })).join('lobby');
    await server.setPresence('lobby', { id: `bot@${'x'.repeat(100)}`, user: 'bot' }, 3_600_000);
    for (const data of [TURNED, { text: MARKUP, turned: TURNED }, '', 'y'.repeat(60_000)])
      await server.publish('lobby', data);
    const inspector = await openInspector(tabs, url, '#/room/lobby/members');
    const { page } = inspector;
    const rows = page.getByTestId('presence').locator('tbody tr');
    await rows.filter({ hasText: '\\u202egnp.exe' }).waitFor();
    await rows.filter({ hasText: MARKUP }).waitFor();
    const bot = rows.filter({ hasText: 'from outside' });
    expect(await bot.getByRole('button', { name: /Kick|Disconnect/ }).count()).toBe(0);
    expect(await bot.getByRole('link').count()).toBe(0);
    // Whatever is long: what can be done is in view.
    expect(await bot.getByRole('button').isVisible()).toBe(true);
    expect(
      await bot.getByRole('button').evaluate((button) => {
        const { right } = button.getBoundingClientRect();
        return right <= (button.closest('.room-table')?.getBoundingClientRect().right ?? 0);
      }),
    ).toBe(true);
    await bot.getByRole('button', { name: 'End presence… bot' }).click();
    await confirm(inspector, 'End presence');
    await bot.waitFor({ state: 'detached' });
    expect(await server.presence('lobby')).toHaveLength(2);
    await page.getByRole('button', { name: 'Kick… \\u202egnp.exe' }).click();
    await inspector.dialog().getByText('Remove \\u202egnp.exe from its room?').waitFor();
    await page.keyboard.press('Escape');

    await inspector.turnTo('Messages');
    const messages = page
      .getByRole('list', { name: 'Kept messages, the latest first' })
      .getByRole('listitem');
    await messages.filter({ hasText: 'yyy' }).waitFor();
    await messages.filter({ hasText: 'an empty text' }).waitFor();
    expect(await messages.filter({ hasText: '\\u202egnp.exe' }).count()).toBe(2);
    expect(await inspector.content()).not.toContain(TURNED);
    expect(await inspector.overflow()).toBeLessThanOrEqual(0);
    expect(tabs.errors).toEqual([]);
  });
});

describeInBrowser('the table of rooms', (newTabs) => {
  test('is searched and sorted; rooms are muted, unmuted and closed from it', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer(CONTROLLED);
    const [first, second] = [await connect({ path: '/?user=ann' }), await connect({ path: '/?user=bob' })];
    await first.join('lobby1');
    await second.join('lobby1');
    await first.join('lobby2');
    await first.join('tea');
    await server.publish('lobby2', 'x');
    await first.next();
    const inspector = await openInspector(tabs, url);
    const { page } = inspector;
    await page.getByRole('link', { name: 'Table of all rooms', exact: true }).click();
    const names = page.getByTestId('rooms').getByRole('rowheader');
    await names.filter({ hasText: 'tea' }).waitFor();
    expect(await names.allInnerTexts()).toEqual(['lobby1', 'lobby2', 'tea']);
    const sorted = (name: string) => page.getByRole('columnheader', { name }).getAttribute('aria-sort');
    expect([await sorted('Members'), await sorted('Room')]).toEqual(['descending', 'none']);
    await page.getByRole('button', { name: 'Offset' }).click();
    await page.locator('tbody tr:first-child').filter({ hasText: 'lobby2' }).waitFor();
    await page.getByRole('searchbox', { name: 'Search rooms by name' }).fill('LOBBY');
    await page.getByText('2 rooms found').waitFor();

    await page.getByRole('button', { name: 'Mute… lobby1' }).click();
    await confirm(inspector, 'Mute');
    await page.getByRole('row').filter({ hasText: 'lobby1' }).filter({ hasText: 'muted' }).waitFor();
    expect(await second.ask(sendByRoom('lobby1', 'x'))).toMatch(/muted/);
    await page.getByRole('checkbox', { name: 'muted only' }).check();
    await page.getByText('1 room found').waitFor();
    await page.getByRole('button', { name: 'Unmute… lobby1' }).click();
    await confirm(inspector, 'Unmute');
    await page.getByText('0 rooms found').waitFor();
    await page.getByRole('checkbox', { name: 'muted only' }).uncheck();

    await page.getByRole('button', { name: 'Close room… lobby1' }).click();
    await inspector
      .dialog()
      .getByLabel(/^Reason/)
      .fill('for tonight');
    await inspector.dialog().getByRole('button', { name: 'Close room', exact: true }).click();
    expect(await second.next()).toContain('for tonight');
    await names.filter({ hasText: 'lobby1' }).waitFor({ state: 'detached' });
    const acts = page.getByTestId('acts').getByRole('listitem');
    await acts.filter({ hasText: 'close' }).waitFor();
    expect(await acts.count()).toBe(3);
    expect(tabs.errors).toEqual([]);
  });

  test('of one of them tells plainly why the server refuses something', async () => {
    const { url, connect } = await startServer({ ...CONTROLLED, limits: { messageBytes: 100 } });
    await (await connect()).join('lobby');
    const { page } = await openInspector(newTabs(), url, '#/room/lobby/messages');
    await page.getByLabel('Message to all members').fill(JSON.stringify('x'.repeat(200)));
    await page.getByRole('button', { name: 'Publish' }).click();
    await page.getByText('Refused: the message is longer than 100 bytes').waitFor();
    expect(await page.getByRole('listitem').filter({ hasText: 'xxx' }).count()).toBe(0);
  });
});

describeInBrowser('the pages of rooms', (newTabs) => {
  test.each(['light', 'dark'] as const)(
    'can be used by everybody on any screen, in the %s theme',
    async (colorScheme) => {
      const tabs = newTabs();
      const { url, connect, server } = await startServer(CONTROLLED);
      await (await connect({ path: '/?user=ann' })).join('lobby');
      await server.publish('lobby', { text: 'a rather long message', words: ['one', 'two', 'three'] });
      const [desk, phone] = [
        await openInspector(tabs, url, '#/rooms', { colorScheme }),
        await openInspector(tabs, url, '#/rooms', { colorScheme, viewport: PHONE }),
      ];
      for (const inspector of [desk, phone]) {
        const { page } = inspector;
        await page.getByRole('button', { name: 'Mute… lobby' }).waitFor();
        expect(await inspector.violations()).toEqual([]);
        expect(await inspector.overflow()).toBeLessThanOrEqual(0);
        for (const [view, ready] of [
          ['members', page.getByRole('button', { name: 'Kick… ann' })],
          ['messages', page.getByText('a rather long message')],
          ['rules', page.getByText('may publish')],
        ] as const) {
          await inspector.show(`#/room/lobby/${view}`);
          await ready.waitFor();
          expect(await inspector.violations(), view).toEqual([]);
          expect(await inspector.overflow(), view).toBeLessThanOrEqual(0);
        }
      }
      expect(tabs.errors).toEqual([]);
    },
  );

  test('need no mouse: a room is found, a member is kicked, and the focus comes back', async () => {
    const { url, connect } = await startServer(CONTROLLED);
    const client = await connect({ path: '/?user=ann' });
    await client.join('lobby');
    const inspector = await openInspector(newTabs(), url, '#/rooms');
    const { page } = inspector;
    const { keyboard } = page;
    const link = page.getByRole('link', { name: 'lobby', exact: true });
    await link.waitFor();
    await inspector.pressUntil('Tab', link);
    await keyboard.press('Enter');
    const kick = page.getByRole('button', { name: 'Kick… ann' });
    await kick.waitFor();
    await inspector.pressUntil('Tab', kick);
    await keyboard.press('Enter');
    await keyboard.press('Escape');
    await inspector.dialog().waitFor({ state: 'detached' });
    expect(await kick.evaluate((button) => button.matches(':focus'))).toBe(true);
    await keyboard.press('Enter');
    await keyboard.type('no');
    await inspector.pressUntil('Tab', inspector.dialog().getByRole('button', { name: 'Kick', exact: true }));
    await keyboard.press('Enter');
    expect(await client.next()).toContain('no');
  });
});
