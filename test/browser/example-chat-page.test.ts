/** The page of examples/, with the backend that serves it. The SDK comes from node_modules in place of its public address. */

import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { startServer } from '../support/start-server.ts';
import { startBackend } from '../support/token-backend.ts';

const SECRET = 'a secret of the tests that is long enough';
const SDK = fileURLToPath(new URL('../../node_modules/centrifuge/dist/centrifuge.js', import.meta.url));

/** @param blocked Addresses that the network does not let through. */
async function openChat(tabs: Tabs, address: string, blocked?: RegExp): Promise<Page> {
  const page = await tabs.open('about:blank');
  await page.route('https://unpkg.com/centrifuge@*/dist/centrifuge.js', (route) =>
    route.fulfill({ path: SDK }),
  );
  if (blocked !== undefined) await page.routeWebSocket(blocked, (socket) => socket.close());
  await page.goto(address);
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describeInBrowser('the page of the examples', (newTabs) => {
  test.each([
    ['by WebSockets', undefined],
    ['without WebSockets where the network lets none through', /connection\/websocket/],
  ])('shows who says what, %s', async (_, blocked) => {
    const tabs = newTabs();
    const backend = await startBackend(SECRET);
    const { port } = await startServer({
      auth: { hmacSecret: SECRET, anonymous: false },
      allowedOrigins: [backend],
    });
    const query = `server=127.0.0.1:${port}`;
    const ada = await openChat(tabs, `${backend}/?user=ada&${query}`, blocked);
    const bob = await openChat(tabs, `${backend}/?user=bob&${query}`);
    await ada.getByText('subscribed').waitFor();
    await bob.getByText('subscribed').waitFor();
    await say(ada, 'hello');
    await bob.getByText('ada: hello').waitFor();
    await say(bob, '<b>hi</b>');
    await ada.getByText('bob: <b>hi</b>').waitFor();
    expect(await ada.locator('li').allTextContents()).toEqual(['ada: hello', 'bob: <b>hi</b>']);
    expect(await bob.locator('li').allTextContents()).toEqual(['ada: hello', 'bob: <b>hi</b>']);
  });

  test('says so when nobody vouches for the user', async () => {
    const tabs = newTabs();
    const backend = await startBackend(SECRET);
    const { port } = await startServer({
      auth: { hmacSecret: SECRET, anonymous: false },
      allowedOrigins: [backend],
    });
    const page = await openChat(tabs, `${backend}/?server=127.0.0.1:${port}`);
    await page.getByText('unauthorized').waitFor();
    expect(await page.locator('li').count()).toBe(0);
  });
});
