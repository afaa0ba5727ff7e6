/** The page of a room, in a browser, over the Centrifuge protocol. */

import axe from 'axe-core';
import { expect, test } from 'vitest';
import { SECRET, signToken } from '../../src/auth/token-harness.ts';
import { createServer, type ServerOptions } from '../../src/index.ts';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { pickPort } from '../support/pick-port.ts';
import { startServer } from '../support/start-server.ts';
import { RoomPage } from './room-page.ts';

const PHONE = { width: 390, height: 844 };
/** Rooms as `--demo` has them. */
const KEEPING: ServerOptions = {
  rooms: { '*': { history: { size: 100, ttlSeconds: 300 }, joinLeave: true } },
};

async function openRoom(
  tabs: Tabs,
  url: string,
  path = 'room1',
  options: Parameters<Tabs['open']>[1] = {},
): Promise<RoomPage> {
  const page = new RoomPage(await tabs.open(`${url}${path}`, options));
  await page.joined();
  return page;
}

describeInBrowser('the page of a room', (newTabs) => {
  test('shows who speaks, in groups, with own messages on their own side', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [ann, bob] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    await ann.call('Ann');
    await ann.say('hello');
    await ann.say('is anybody here?');
    await bob.message('is anybody here?').waitFor();
    await bob.say('I am');
    await ann.message('I am').waitFor();
    expect(await ann.messages()).toEqual(['me: hello', 'me: is anybody here?', 'I am']);
    expect(await bob.messages()).toEqual(['hello', 'is anybody here?', 'me: I am']);
    expect(await ann.authors()).toEqual([
      expect.stringMatching(/^Ann \(you\) guest \w{4}$/),
      expect.stringMatching(/^Guest \w{4}$/),
    ]);
    expect(await bob.authors()).toEqual([
      expect.stringMatching(/^Ann guest \w{4}$/),
      expect.stringMatching(/^Guest \w{4} \(you\)$/),
    ]);
    const colour = (page: RoomPage, text: string) => page.message(text).getAttribute('data-colour');
    expect(await colour(ann, 'hello')).toBe(await colour(bob, 'hello'));
    expect(tabs.errors).toEqual([]);
  });

  test('sends no message of blanks alone', async () => {
    const tabs = newTabs();
    const page = await openRoom(tabs, (await startServer()).url);
    await page.say('  \n ');
    await page.say('words');
    await page.message('words').waitFor();
    expect(await page.messages()).toEqual(['me: words']);
  });

  test('meets the line protocol in the same room, whose clients get the text of who has no name', async () => {
    const tabs = newTabs();
    const { url, connect, server } = await startServer(KEEPING);
    const line = await connect();
    await line.join('tea time');
    const page = await openRoom(tabs, url, 'rooms/tea%20time');
    expect(await page.page.getByRole('heading', { level: 1 }).innerText()).toBe('tea time');
    await page.say('from the page');
    expect(await line.next()).toBe('from the page');
    line.send('sendByRoom|{"roomNum":"tea time","message":"from the line"}');
    await page.message('from the line').waitFor();
    await server.publish('tea time', { text: 'from the server', name: 'nobody' });
    await page.message('from the server').waitFor();
    expect(await page.authors()).toContain('Server');
    expect(tabs.errors).toEqual([]);
  });

  test('tells who is writing, which is no message for anybody', async () => {
    const tabs = newTabs();
    const { url, connect } = await startServer(KEEPING);
    const line = await connect();
    await line.join('room1');
    const [ann, bob] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    await ann.call('Ann');
    await ann.page.getByRole('textbox', { name: 'Message', exact: true }).pressSequentially('hi');
    await bob.page.getByTestId('typing').filter({ hasText: 'Ann is writing…' }).waitFor();
    expect(await ann.page.getByTestId('typing').innerText()).toBe('');
    await ann.page.keyboard.press('Enter');
    await bob.message('hi').waitFor();
    expect(await bob.page.getByTestId('typing').innerText()).toBe('');
    expect(await line.next()).toBe('{"text":"hi","name":"Ann"}');
    const late = await openRoom(tabs, url);
    await late.message('hi').waitFor();
    expect(await late.messages()).toEqual(['hi']);
  });

  test('begins with the history of the room', async () => {
    const tabs = newTabs();
    const { url, server } = await startServer(KEEPING);
    for (const text of ['one', 'two', 'three']) await server.publish('room1', text);
    const page = await openRoom(tabs, url);
    await page.message('three').waitFor();
    await server.publish('room1', 'four');
    await page.message('four').waitFor();
    expect(await page.messages()).toEqual(['one', 'two', 'three', 'four']);
    expect(await page.dividers()).toEqual(['earlier messages', 'new messages']);
    expect(tabs.errors).toEqual([]);
  });

  test('marks what was missed while the connection was lost, and lets nothing be sent meanwhile', async () => {
    const tabs = newTabs();
    const { url, server } = await startServer(KEEPING);
    const page = await openRoom(tabs, url);
    await server.publish('room1', 'before');
    await page.message('before').waitFor();
    await page.page.context().setOffline(true);
    await page.status('connecting');
    const message = page.page.getByRole('textbox', { name: 'Message', exact: true });
    expect(await message.getAttribute('aria-disabled')).toBe('true');
    expect(await message.isEditable()).toBe(false);
    expect(await page.page.getByTestId('obstacle').innerText()).toContain('The connection is lost.');
    await server.publish('room1', 'missed one');
    await server.publish('room1', 'missed two');
    await page.page.context().setOffline(false);
    await page.message('missed two').waitFor();
    expect(await page.messages()).toEqual(['before', 'missed one', 'missed two']);
    expect(await page.dividers()).toEqual([
      expect.stringMatching(/^connection lost .+ · what was missed follows$/),
    ]);
    expect(await page.message('missed one').innerText()).toMatch(/missed$/);
    await page.say('back again');
    await page.message('back again').waitFor();
    expect(await page.page.getByTestId('obstacle').isVisible()).toBe(false);
  });

  test('says that messages may be missing where the server keeps none', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const page = await openRoom(tabs, url);
    await page.say('before');
    await page.page.getByRole('button', { name: 'Disconnect' }).click();
    await page.status('closed');
    await page.page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.joined();
    await page.page.getByTestId('divider').waitFor();
    expect(await page.dividers()).toEqual([
      expect.stringMatching(/^disconnected .+ · messages of that time are not shown$/),
    ]);
  });

  test('comes back after a restart of the server, and the notice of it goes', async () => {
    const tabs = newTabs();
    const port = await pickPort();
    const before = createServer({ port, ...KEEPING });
    await before.listen();
    const page = await openRoom(tabs, `http://127.0.0.1:${port}/`);
    await page.say('before');
    await page.message('before').waitFor();
    await before.close();
    const notice = page.page.getByTestId('notice').filter({ hasText: 'shutting down or restarting' });
    await notice.waitFor();
    const { server } = await startServer({ port, ...KEEPING });
    await page.page.getByRole('button', { name: 'Reconnect now' }).click();
    await page.joined();
    expect(await page.page.getByTestId('notice').isVisible()).toBe(false);
    await server.publish('room1', 'after');
    await page.message('after').waitFor();
    expect(await page.messages()).toEqual(['me: before', 'after']);
    expect(await page.dividers()).toHaveLength(1);
  });

  test('counts people by user: two tabs with one token are one', async () => {
    const tabs = newTabs();
    const { url } = await startServer({ ...KEEPING, auth: { hmacSecret: SECRET, anonymous: true } });
    const token = await signToken({ sub: 'ann' });
    const guest = await openRoom(tabs, url);
    const [first, second] = [
      await openRoom(tabs, url, `room1#token=${token}`),
      await openRoom(tabs, url, `room1#token=${token}`),
    ];
    await guest.memberCount(2);
    expect(await guest.people()).toEqual([
      expect.stringMatching(/^Guest \w{4}\s+you$/),
      expect.stringMatching(/^ann\s+2 tabs$/),
    ]);
    expect(first.page.url()).toBe(`${url}room1`);
    await first.say('it is me');
    await guest.message('it is me').waitFor();
    expect(await guest.authors()).toEqual(['ann ✓']);
    await second.page.getByText('You are ann, by your token.').waitFor();
    await second.page.context().close();
    await first.page.context().close();
    await guest.memberCount(1);
  });

  test('says where a token goes if the server takes nobody without one', async () => {
    const { url } = await startServer({ auth: { hmacSecret: SECRET, anonymous: false } });
    const page = new RoomPage(await newTabs().open(`${url}rooms/tea`));
    await page.page.getByTestId('notice').filter({ hasText: '/rooms/tea#token=' }).waitFor();
    await page.status('closed');
    expect(await page.page.getByTestId('obstacle').innerText()).toContain('Connect to write.');
  });

  test('marks a message to everybody, which the classic page sends', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const page = await openRoom(tabs, url, 'room2');
    await page.page.getByRole('link', { name: 'classic page' }).click();
    await page.page.waitForURL(`${url}classic?room=room2`);
    await page.joined();
    const other = await openRoom(tabs, url);
    await page.say('fire drill', 'Everybody');
    await other.message('fire drill').waitFor();
    expect(await other.message('fire drill').getAttribute('data-kind')).toBe('broadcast');
    expect(await other.authors()).toEqual(['To everybody']);
    expect(tabs.errors).toEqual([]);
  });

  test('works where no WebSocket comes through', async () => {
    const tabs = newTabs();
    const { url, connect } = await startServer();
    const page = await tabs.open(url);
    await page.addInitScript('delete window.WebSocket');
    await page.goto(`${url}room1`);
    const room = new RoomPage(page);
    await room.joined();
    const line = await connect();
    await line.join('room1');
    await room.say('over HTTP');
    expect(await line.next()).toBe('over HTTP');
    await room.message('over HTTP').waitFor();
    await room.memberCount(2);
  });

  test('leaves its room and joins it again, and nothing is sent in between', async () => {
    const tabs = newTabs();
    const { url, server } = await startServer(KEEPING);
    const page = await openRoom(tabs, url);
    await page.page.getByRole('button', { name: 'Leave room1' }).click();
    await page.page.getByTestId('obstacle').filter({ hasText: 'Join room1 to write.' }).waitFor();
    await server.publish('room1', 'meanwhile');
    await page.page.getByRole('button', { name: 'Join room1' }).click();
    await page.message('meanwhile').waitFor();
    expect(await page.dividers()).toEqual([expect.stringMatching(/^out of the room /)]);
  });

  test('explains a room that may not be joined, and a refused message', async () => {
    const tabs = newTabs();
    const { url } = await startServer({
      rooms: { closed: { may: { join: 'nobody' } }, quiet: { may: { publish: 'nobody' } } },
    });
    const closed = new RoomPage(await tabs.open(`${url}rooms/closed`));
    await closed.page.getByTestId('notice').filter({ hasText: 'does not let you into closed' }).waitFor();
    const quiet = await openRoom(tabs, url, 'rooms/quiet');
    await quiet.say('hello?');
    await quiet.page.getByTestId('outgoing').filter({ hasText: 'not sent' }).waitFor();
    expect(await quiet.messages()).toEqual([]);
  });

  test.each(['rooms/100%', 'rooms/', 'rooms'])(
    'explains an address that names no room: /%s',
    async (path) => {
      const tabs = newTabs();
      const { url } = await startServer();
      const page = await tabs.open(`${url}${path}`);
      await page.getByTestId('bad-address').waitFor();
      expect(await page.title()).toBe('No such room · Statecast');
    },
  );

  test('shows markup in a message, and in a name, as text', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [first, second] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    const markup = '<img src=x onerror="document.title = \'owned\'">';
    await second.call('<b>ann</b>');
    await second.say(markup);
    await first.message('<img').waitFor();
    expect(await first.messages()).toEqual([markup]);
    expect(await first.authors()).toEqual([expect.stringContaining('<b>ann</b>')]);
    expect(await first.page.locator('main img, main b').count()).toBe(0);
  });

  test('can be used with only the keyboard', async () => {
    const tabs = newTabs();
    const { url } = await startServer();
    const [typist, reader] = [await openRoom(tabs, url), await openRoom(tabs, url)];
    await typist.page.keyboard.press('Tab');
    await typist.page.keyboard.press('Enter');
    await typist.page.keyboard.type('typed');
    await typist.page.keyboard.press('Enter');
    await reader.message('typed').waitFor();
    expect(await typist.messages()).toEqual(['me: typed']);
  });

  test.each(['light', 'dark'] as const)(
    'gives the messages the screen of a phone, and the details when they are asked for, %s',
    async (colorScheme) => {
      const tabs = newTabs();
      const { url } = await startServer(KEEPING);
      const page = await openRoom(tabs, url, 'room1', { viewport: PHONE, colorScheme });
      await page.say('from a phone');
      const stream = await page.page.locator('.stream').boundingBox();
      expect(stream?.height).toBeGreaterThan(PHONE.height * 0.65);
      await page.page.evaluate(axe.source);
      expect(await violations(page)).toEqual([]);
      await page.page.getByRole('button', { name: 'Details' }).click();
      await page.page.getByTestId('member').waitFor();
      expect(await violations(page)).toEqual([]);
      await page.page.keyboard.press('Escape');
      await page.page.getByTestId('member').waitFor({ state: 'hidden' });
      await page.page.context().setOffline(true);
      await page.page.getByRole('button', { name: 'Reconnect now' }).waitFor();
      expect(await violations(page)).toEqual([]);
    },
  );
});

async function violations({ page }: RoomPage): Promise<string[]> {
  const found = await page.evaluate<{ violations: { id: string }[] }>('axe.run()');
  return found.violations.map(({ id }) => id);
}
