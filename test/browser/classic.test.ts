import { expect, test } from 'vitest';
import { createServer } from '../../src/index.ts';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { pickPort } from '../support/pick-port.ts';
import { startServer } from '../support/start-server.ts';
import { RoomPage } from './room-page.ts';

async function openRoom(tabs: Tabs, url: string, room = 'room1'): Promise<RoomPage> {
  const page = new RoomPage(await tabs.open(`${url}classic?room=${room}`));
  await page.joined();
  return page;
}

describeInBrowser('the classic page', (newTabs) => {
  test('two tabs in room1 and one in room2 show only the messages of their rooms', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [first, second] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    const other = await openRoom(tabs, url, 'room2');
    await first.say('hello room1');
    await second.message('hello room1').waitFor();
    await second.say('hello back');
    await first.message('hello back').waitFor();
    await other.say('anybody in room2?');
    await other.message('anybody in room2?').waitFor();
    await other.say('from room2', { room: 'room1' });
    await first.message('from room2').waitFor();
    await second.message('from room2').waitFor();
    expect(await first.messages()).toEqual(['me: hello room1', 'hello back', 'from room2']);
    expect(await second.messages()).toEqual(['hello room1', 'me: hello back', 'from room2']);
    expect(await other.messages()).toEqual(['me: anybody in room2?']);
    await first.memberCount(2);
    await other.memberCount(1);
    expect(tabs.errors).toEqual([]);
  });

  test('a broadcast reaches all three', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const pages = [await openRoom(tabs, url), await openRoom(tabs, url), await openRoom(tabs, url, 'room2')];
    await pages[0]?.say('fire drill at noon', 'Everybody');
    for (const page of pages) await page.message('fire drill at noon').waitFor();
    expect(await Promise.all(pages.map((page) => page.messages()))).toEqual([
      ['me: fire drill at noon'],
      ['fire drill at noon'],
      ['fire drill at noon'],
    ]);
  });

  test('reconnect and rejoin by themselves when the server restarts', async () => {
    const tabs = newTabs();
    const port = await pickPort();
    const before = createServer({ port });
    await before.listen();
    const url = `http://127.0.0.1:${port}/`;
    const [first, second] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    await before.close();
    // The first waits are short, and the status changes in between.
    await first.page
      .getByTestId('connection-status')
      .filter({ hasText: /Reconnecting in \d+ s/ })
      .waitFor();
    await startServer({ port });
    await Promise.all([first.joined(), second.joined()]);
    await first.say('we are back');
    await second.message('we are back').waitFor();
    expect(await second.messages()).toEqual(['we are back']);
  });

  test('show markup in a message, and in a name, as text', async () => {
    const tabs = newTabs();
    const { url } = await startServer({ line: { userParameter: true } });
    const first = await openRoom(tabs, url);
    const second = await openRoom(tabs, url);
    const markup =
      '<script>document.title = "owned"</script><img src=x onerror="document.title = \'owned\'">';
    await second.page.getByRole('textbox', { name: 'Your name' }).fill('<b>ann</b>');
    await second.page.getByRole('button', { name: 'Use name' }).click();
    await first.page.getByTestId('member').filter({ hasText: '<b>ann</b>' }).waitFor({ state: 'attached' });
    await second.joined();
    await second.say(markup);
    await first.message('<script>').waitFor();
    expect(await first.messages()).toEqual([markup]);
    expect(await second.messages()).toEqual([`me: ${markup}`]);
    expect(await first.page.locator('main script, main img, main b').count()).toBe(0);
    expect(await first.page.title()).not.toBe('owned');
  });

  test('leave and join when a button is pressed', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [leaver, other] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    await leaver.page.getByRole('button', { name: 'Leave room1' }).click();
    await leaver.page.getByRole('button', { name: 'Join room1' }).waitFor();
    await other.memberCount(1);
    await other.say('gone?');
    await other.message('gone?').waitFor();
    await leaver.page.getByRole('button', { name: 'Join room1' }).click();
    await leaver.joined();
    await other.say('welcome back');
    await leaver.message('welcome back').waitFor();
    expect(await leaver.messages()).toEqual(['welcome back']);
  });

  test('stay closed after the user disconnects, and show the error of a refused message', async () => {
    const tabs = newTabs();
    const { url } = await startServer({ limits: { messageBytes: 20 } });
    const page = await openRoom(tabs, url);
    await page.say('this is longer than twenty bytes');
    await page.page.getByTestId('notice').filter({ hasText: 'longer than 20 bytes' }).waitFor();
    await page.page.getByRole('button', { name: 'Disconnect' }).click();
    await page.status('closed');
    expect(await page.page.getByTestId('connection-status').innerText()).not.toMatch(/reconnect/i);
    await page.page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.joined();
  });

  test('can be used with only the keyboard', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [typist, reader] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    const { keyboard } = typist.page;
    const message = typist.page.getByRole('textbox', { name: 'Message', exact: true });
    for (let presses = 0; presses < 30 && !(await message.evaluate(isFocused)); presses += 1) {
      await keyboard.press('Tab');
    }
    await keyboard.type('typed');
    await keyboard.press('Enter');
    await reader.message('typed').waitFor();
    expect(await typist.messages()).toEqual(['me: typed']);
  });
});

function isFocused(element: unknown): boolean {
  const { document } = globalThis as unknown as { document: { activeElement: unknown } };
  return document.activeElement === element;
}
