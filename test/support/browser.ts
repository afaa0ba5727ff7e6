/** A headless Chromium for tests of the pages. Without one the tests are skipped with a note; with CI=true they fail. */

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';

/** The paths on Debian, Ubuntu, Fedora, with Google's packages and on macOS. `CHROMIUM_PATH` sets another path. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface Tabs {
  /** Opens a page in its own browser context. Its errors are added to `errors`. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
  /** Errors of all pages of this test: uncaught errors, and errors in the console. */
  readonly errors: string[];
}

/** How a test opens tabs. */
export interface TabsOptions {
  /** How long a tab waits for anything. Default: 30 seconds, as Playwright does. */
  readonly timeoutMs?: number;
}

/** A suite with a browser. `newTabs` opens tabs that are closed after the test. */
export function describeInBrowser(
  title: string,
  suite: (newTabs: (options?: TabsOptions) => Tabs) => void,
): void {
  const executablePath = [process.env['CHROMIUM_PATH'] ?? '', ...PLACES].find(
    (path) => path && existsSync(path),
  );
  const isSkipped = executablePath === undefined && process.env['CI'] !== 'true';
  if (isSkipped) console.warn(`skipped: ${title} (no Chromium found; install it or set CHROMIUM_PATH)`);

  describe.skipIf(isSkipped)(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      if (executablePath === undefined)
        throw new Error('CI=true needs Chromium: install it or set CHROMIUM_PATH');
      browser = await chromium.launch({ executablePath, args: ARGS });
    });
    afterAll(() => browser?.close());
    suite((options) => createTabs(browser, options));
  });
}

function createTabs(browser: Browser | undefined, { timeoutMs }: TabsOptions = {}): Tabs {
  const errors: string[] = [];
  return {
    errors,
    async open(url, options = {}) {
      if (browser === undefined) throw new Error('the browser is not open yet');
      const context = await browser.newContext(options);
      if (timeoutMs !== undefined) context.setDefaultTimeout(timeoutMs);
      onTestFinished(() => context.close());
      const page = await context.newPage();
      page.on('pageerror', (error) => errors.push(error.message));
      page.on('console', (message) => {
        if (message.type() === 'error') errors.push(message.text());
      });
      await page.goto(url);
      return page;
    },
  };
}
