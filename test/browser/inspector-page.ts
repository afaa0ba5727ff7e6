/** The page of the inspector, for tests: reads what it shows, and uses its controls. It knows no server. */

import axe from 'axe-core';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { vi } from 'vitest';
import type { Tabs } from '../support/browser.ts';

/** The names of the parts of a picture or a list, sorted. */
export interface ChartParts {
  readonly states: readonly string[];
  readonly transitions: readonly string[];
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string }[];
  }[];
}

/** Waits for things that Playwright cannot wait for under the page's content security policy. */
const PATIENCE = { timeout: 20_000, interval: 20 };

const PICTURE = '[data-chart]';
const STATE_LIST = '[data-testid=state-list]';
const LIT_LEAF = `${PICTURE} [data-state][data-activity=leaf]`;

/**
 * Runs in the page: records every set of leaf states that is highlighted, and every transition that is marked as taken.
 * A change that is undone before the page is drawn may be missing.
 */
const KEEP_WHAT_IS_LIT = `(() => {
  const kept = { lit: [], taken: [] };
  const look = () => {
    const leaves = [...document.querySelectorAll('${LIT_LEAF}')].map((box) => box.dataset.state).sort();
    const text = leaves.join(' ');
    if (leaves.length > 0 && kept.lit.at(-1) !== text) kept.lit.push(text);
  };
  const noteTaken = ({ target, attributeName }) => {
    const id = target.dataset?.transition;
    if (attributeName === 'data-taken' && id !== undefined && target.hasAttribute('data-taken')) kept.taken.push(id);
  };
  new MutationObserver((changes) => {
    look();
    changes.forEach(noteTaken);
  }).observe(document, { subtree: true, childList: true, attributeFilter: ['data-activity', 'data-taken'] });
  globalThis.kept = kept;
  look();
})()`;

/** Opens the inspector of a server at a location such as `#/room/lobby`. */
export async function openInspector(
  tabs: Tabs,
  url: string,
  hash = '',
  options: BrowserContextOptions = {},
): Promise<InspectorPage> {
  return new InspectorPage(await tabs.open(`${url}inspector${hash}`, options));
}

export class InspectorPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** Waits until the connection to the server is in a state. */
  async link(state: 'ready' | 'waiting' | 'locked' | 'barred'): Promise<void> {
    await this.page.locator(`[data-testid=link][data-state=${state}]`).waitFor();
  }

  async show(hash: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  }

  /** Waits until the picture of a machine is drawn with the chosen options. */
  async drawn(machine: string): Promise<void> {
    await this.page.locator(`[data-chart=${machine}][aria-busy=false] [data-state=""]`).waitFor();
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name });
  }

  async turnTo(tab: string): Promise<void> {
    await this.tab(tab).click();
  }

  async showActions(): Promise<void> {
    await this.page.getByRole('checkbox', { name: 'actions' }).check();
  }

  /** The drawn states and transitions. One that is drawn twice is in the list twice. */
  partsOfPicture(): Promise<ChartParts> {
    return this.#partsOf(PICTURE);
  }

  /** The content of the list beside the picture. */
  partsOfList(): Promise<ChartParts> {
    return this.#partsOf(STATE_LIST);
  }

  async #partsOf(root: string): Promise<ChartParts> {
    const namesOf = async (name: 'state' | 'transition'): Promise<string[]> => {
      const found = await this.page.evaluate<string[]>(
        `[...document.querySelectorAll('${root} [data-${name}]')].map(({ dataset }) => dataset.${name})`,
      );
      return found.sort();
    };
    return { states: await namesOf('state'), transitions: await namesOf('transition') };
  }

  /** Starts to record the highlighted states and the taken transitions, for `litSoFar` and `takenSoFar`. */
  async keepWhatIsLit(): Promise<void> {
    await this.page.evaluate(KEEP_WHAT_IS_LIT);
  }

  /** Each set of leaf states that was highlighted, in order. */
  litSoFar(): Promise<string[]> {
    return this.page.evaluate<string[]>('kept.lit');
  }

  takenSoFar(): Promise<string[]> {
    return this.page.evaluate<string[]>('kept.taken');
  }

  /** The leaf states that are highlighted now. */
  lit(): Promise<string[]> {
    return this.page.evaluate<string[]>(
      `[...document.querySelectorAll('${LIT_LEAF}')].map(({ dataset }) => dataset.state)`,
    );
  }

  /** Waits until a leaf state is highlighted in the picture. */
  async untilLit(path: string): Promise<void> {
    await this.page.locator(`${PICTURE} [data-state="${path}"][data-activity=leaf]`).waitFor();
  }

  /** Waits until a transition was marked as taken since `keepWhatIsLit`. */
  async untilTaken(id: string): Promise<void> {
    await vi.waitUntil(async () => (await this.takenSoFar()).includes(id), PATIENCE);
  }

  /** The visible lines of events, newest first. */
  events(): Locator {
    return this.page.getByRole('listbox', { name: 'Events, newest first' }).getByRole('option');
  }

  event(name: string): Locator {
    return this.events().filter({ has: this.page.locator('.name', { hasText: name }) });
  }

  /** The messages of the sequence diagram as texts, oldest first: `FROM → TO: EVENT`. */
  async sequence(): Promise<string[]> {
    await this.page.getByRole('checkbox', { name: 'as a table' }).check();
    const rows = await this.page
      .getByRole('region', { name: 'Messages as a table' })
      .locator('tbody tr')
      .evaluateAll((found) =>
        found.map((row) => [...row.children].map(({ textContent }) => textContent ?? '')),
      );
    // The newest message is the first one.
    return rows.map(([, from = '', to = '', event = '']) => `${from} → ${to}: ${event}`).toReversed();
  }

  kind(name: string): Locator {
    return this.page.getByTestId(`kind-${name}`);
  }

  /** How many actors of a kind the catalogue counts. */
  async kindCount(name: string, count: string): Promise<void> {
    await this.kind(name)
      .locator('.count')
      .filter({ hasText: new RegExp(`^${count}$`) })
      .waitFor();
  }

  /** Waits for the text about the number of matches in the catalogue. */
  async found(words: string): Promise<void> {
    await this.page.getByTestId('found').filter({ hasText: words }).waitFor();
  }

  /** The visible rows of the catalogue. */
  actors(): Locator {
    return this.page.getByRole('listbox', { name: 'Actors' }).getByRole('option');
  }

  async search(text: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: 'Search by id or user' }).fill(text);
  }

  async choose(label: 'State' | 'Status' | 'Sort', value: string): Promise<void> {
    await this.page.getByRole('combobox', { name: label, exact: true }).selectOption(value);
  }

  /** The text about the point in time that is shown. */
  moment(): Promise<string> {
    return this.page.getByTestId('moment').innerText();
  }

  dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** All content of the page, also hidden content. */
  content(): Promise<string> {
    return this.page.content();
  }

  /** Violations of WCAG 2.2 A or AA that a program can find. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const results = await this.page.evaluate<AxeResults>(
      `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })`,
    );
    return results.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  }

  /** How much wider than the screen the page is, in CSS pixels. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
  }

  /**
   * Presses a key until something is focused.
   * @throws {Error} if it is not focused after that many presses.
   */
  async pressUntil(key: string, wanted: Locator, presses = 60): Promise<void> {
    for (let press = 0; press < presses; press += 1) {
      await this.page.keyboard.press(key);
      if (await wanted.evaluateAll((found) => found.some((each) => each.matches(':focus')))) return;
    }
    throw new Error(`${presses} times ${key} do not lead to ${wanted.toString()}`);
  }
}
