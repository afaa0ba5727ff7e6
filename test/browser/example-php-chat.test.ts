/** The page of examples/php-chat in a browser. The SDK comes from node_modules in place of its public address. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { describeInBrowser, type Tabs } from '../support/browser.ts';
import { describeWithPhp, startPhpChat } from '../support/php-chat.ts';
import { runProgram } from '../support/program.ts';

const SDK = fileURLToPath(new URL('../../node_modules/centrifuge/dist/centrifuge.js', import.meta.url));

async function enter(tabs: Tabs, pages: string, name: string): Promise<Page> {
  const page = await tabs.open('about:blank');
  await page.route('https://unpkg.com/centrifuge@*/dist/centrifuge.js', (route) =>
    route.fulfill({ path: SDK }),
  );
  await page.goto(pages);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Enter' }).click();
  await page.getByText('chat:lobby').waitFor();
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.getByLabel('Message').fill(text);
  await page.getByRole('button', { name: 'Send' }).click();
}

describeWithPhp('the pages of the chat with PHP', () => {
  describeInBrowser('in a browser', (newTabs) => {
    test('show who is here, what is said, what is refused, and that somebody was put out', async () => {
      const { pages, directory } = await startPhpChat();
      const tabs = newTabs();
      const ada = await enter(tabs, pages, 'ada');
      const eve = await enter(tabs, pages, 'eve');
      await ada.getByText('Here: ada, eve').waitFor();
      await say(eve, 'buy spam');
      await eve.getByText('"spam" is not a word for this room').waitFor();
      await say(eve, 'hello <b>ada</b>');
      await ada.getByText('eve: hello <b>ada</b>').waitFor();
      await eve.getByText('chat:lobby').waitFor();
      await eve.reload();
      await eve.getByText('eve: hello <b>ada</b>').waitFor();

      await eve.getByRole('link', { name: 'staff' }).click();
      await eve.getByText('this room is not for you').waitFor();
      await ada.getByText(/^Here: ada$/).waitFor();

      const readme = await readFile(join(directory, 'README.md'), 'utf8');
      const [kick = ''] = /php -r .*/.exec(readme) ?? [];
      const kicked = await runProgram(['bash', '-c', kick], { cwd: directory, env: {} });
      expect(kicked).toEqual({ code: 0, stdout: '', stderr: '' });
      await ada.getByText('force disconnect').waitFor();
      expect(tabs.errors).toEqual([]);
    });
  });
});
