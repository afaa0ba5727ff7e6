import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { describeInBrowser } from '../support/browser.ts';
import { startServer } from '../support/start-server.ts';
import { RoomPage } from './room-page.ts';

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Violations of WCAG 2.2 A or AA on a page that a program can find. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const run = `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`;
  const results = await page.evaluate<AxeResults>(run);
  return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };

describeInBrowser('every page', (newTabs) => {
  test.each([
    ['light', PHONE],
    ['dark', PHONE],
    ['light', DESK],
    ['dark', DESK],
  ] as const)('is accessible and fits, %s, %o', async (colorScheme, viewport) => {
    const tabs = newTabs();
    const { url, server } = await startServer();
    for (const path of ['', 'room1', 'classic']) {
      const page = await tabs.open(`${url}${path}`, { colorScheme, viewport });
      if (path !== '') {
        await new RoomPage(page).joined();
        await server.publish('room1', 'a message of some length, to be wrapped where the screen is narrow');
        await new RoomPage(page).message('a message').waitFor();
        await new RoomPage(page).say('an own message');
        await new RoomPage(page).message('an own message').waitFor();
      }
      expect(await violations(page), path).toEqual([]);
      const overflow = await page.evaluate<number>(
        'document.documentElement.scrollWidth - window.innerWidth',
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
    }
    expect(tabs.errors).toEqual([]);
  });

  test('the landing page shows live numbers, and has links to all pages', async () => {
    const tabs = newTabs();
    const { url, connect } = await startServer();
    await connect();
    const page = await tabs.open(url);
    await page.getByTestId('health-connections').filter({ hasText: /^1$/ }).waitFor();
    expect(await page.getByTestId('health-status').innerText()).toBe('ok');
    const links = await page
      .getByRole('link')
      .evaluateAll((found) => found.map((link) => link.getAttribute('href')));
    expect(links).toEqual(expect.arrayContaining(['/room1', '/room2', '/health']));
    expect(await page.getByTestId('snippet').allInnerTexts()).toEqual(
      expect.arrayContaining([expect.stringContaining(`${url}Index/pushByRoom`)]),
    );
    await page.getByRole('textbox', { name: 'Or any room' }).fill('tea & time');
    await page.keyboard.press('Enter');
    await page.waitForURL(`${url}rooms/tea%20%26%20time`);
    await new RoomPage(page).joined();
    await page.goBack();
    await page.getByRole('link', { name: 'room1' }).first().click();
    await new RoomPage(page).joined();
    expect(tabs.errors).toEqual([]);
  });

  test('the landing page shows the chart of a room as it lives', async () => {
    const tabs = newTabs();
    const { url, connect } = await startServer({ inspector: { access: 'open' } });
    const page = await tabs.open(url);
    await page.getByText('No room is open').waitFor();
    const client = await connect();
    await client.join('room1');
    const active = (state: string) =>
      page.locator(`[data-testid=live-chart] [data-state="${state}"][data-active]`);
    await active('active.occupancy.occupied').waitFor();
    expect(await violations(page)).toEqual([]);
    client.send('unsubscribe|room1');
    await active('active.occupancy.empty').waitFor();
    await page
      .getByTestId('live-states')
      .filter({ hasText: /Now: lingering, / })
      .waitFor();
    expect(tabs.errors).toEqual([]);
  });

  test.each<[string, ServerOptions['inspector']]>([
    ['is off', { enabled: false }],
    ['needs a token', { token: 'a token of the admin' }],
  ])('the landing page goes without a chart if the inspector %s', async (_, inspector) => {
    const tabs = newTabs();
    const { url, connect } = await startServer({ inspector });
    await (await connect()).join('room1');
    const page = await tabs.open(url);
    await page.getByTestId('health-rooms').filter({ hasText: /^1$/ }).waitFor();
    expect(await page.locator('.live-chart:not([hidden])').count()).toBe(0);
    expect(tabs.errors).toEqual([]);
  });

  test.each<[string, string, ServerOptions]>([
    ['a room', 'room1', { rooms: { '*': { may: { presence: 'nobody' } } } }],
    ['the line protocol', 'classic', { http: { apiKey: 'a key of many letters' } }],
  ])('of %s hides the list of members if the server does not allow it', async (_, path, options) => {
    const tabs = newTabs();
    const { url } = await startServer(options);
    const page = await tabs.open(`${url}${path}`);
    await new RoomPage(page).joined();
    await page.getByTestId('presence-remark').filter({ hasText: 'hidden' }).waitFor();
    expect(await page.getByTestId('member').count()).toBe(0);
  });
});
