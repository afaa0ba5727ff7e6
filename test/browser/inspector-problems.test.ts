import { expect, test } from 'vitest';
import { describeInBrowser } from '../support/browser.ts';
import { sendByRoom } from '../support/line-client.ts';
import { startServer } from '../support/start-server.ts';
import { openInspector } from './inspector-page.ts';

describeInBrowser('the problems of a server', (newTabs) => {
  async function startWithProblems() {
    const running = await startServer({
      inspector: { access: 'open' },
      rooms: {
        quiet: { messagesPerSecond: 1 },
        broken: {
          onMessage() {
            throw new Error('the database is away');
          },
        },
      },
      onError: () => undefined,
    });
    const client = await running.connect();
    await client.join('quiet');
    for (const text of ['one', 'two', 'three']) await client.ask(sendByRoom('quiet', text));
    await client.ask(sendByRoom('broken', 'a secret'));
    return running;
  }

  test('are listed with their grounds, filtered by the address, and lead to the chart', async () => {
    const tabs = newTabs();
    const { url } = await startWithProblems();
    const inspector = await openInspector(tabs, url, '#/problems');
    const { page } = inspector;
    const list = page.getByRole('list', { name: /^Problems/ });
    const rows = list.locator(':scope > li');
    await rows.filter({ hasText: 'onMessage failed or was late' }).waitFor();
    expect(await rows.count()).toBe(4);
    const failed = rows.filter({ hasText: 'onMessage failed' });
    await failed.locator('summary').click();
    expect(await failed.innerText()).toMatch(/Error: the database is away\s+at /);
    expect(await page.content()).not.toContain('a secret');

    await page.getByRole('combobox', { name: 'Kind' }).selectOption('refused');
    await page.getByRole('searchbox', { name: /^Search by user/ }).fill('QUIET');
    await expect.poll(() => page.url()).toMatch(/#\/problems\?kind=refused&search=QUIET$/);
    await expect.poll(() => rows.count()).toBe(2);
    const throttled = rows.filter({ hasText: '(111)' }).last();
    await throttled.locator('summary').click();
    const words = await throttled.innerText();
    for (const word of ['active.broadcast.flowing', 'isOverRate', 'rooms.messagesPerSecond'])
      expect(words).toContain(word);
    expect(await inspector.violations()).toEqual([]);
    await throttled.getByRole('link', { name: /active\.broadcast\.flowing/ }).click();
    await expect.poll(() => page.url()).toMatch(/#\/room\?state=active\.broadcast\.flowing$/);
    await page.getByRole('button', { name: 'List those in active.broadcast.flowing' }).waitFor();
    expect(tabs.errors).toEqual([]);
  });

  test('are found again by a link, on a phone too', async () => {
    const { url } = await startWithProblems();
    const phone = { viewport: { width: 390, height: 844 } };
    const inspector = await openInspector(newTabs(), url, '#/problems?search=broken', phone);
    const rows = inspector.page.getByRole('list', { name: /^Problems/ }).locator(':scope > li');
    await rows.first().waitFor();
    expect(await inspector.page.getByRole('searchbox').last().inputValue()).toBe('broken');
    const widths = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect(await inspector.page.evaluate(widths)).toBe(0);
  });
});
