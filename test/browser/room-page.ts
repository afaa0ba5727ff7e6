/** A chat page, for tests: reads what it shows, and uses its controls. It knows no server. */

import type { Locator, Page } from 'playwright-core';

export class RoomPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The texts of the messages; own ones begin with `me: `. */
  async messages(): Promise<string[]> {
    const bubbles = await this.page.getByTestId('message').all();
    return Promise.all(
      bubbles.map(async (bubble) => {
        const own = (await bubble.getAttribute('data-own')) === 'true';
        return `${own ? 'me: ' : ''}${await bubble.locator('.text').innerText()}`;
      }),
    );
  }

  message(text: string): Locator {
    return this.page.getByTestId('message').filter({ hasText: text });
  }

  /** Waits until the page has joined its room. */
  async joined(): Promise<void> {
    // On a narrow screen the button is folded away.
    const button = this.page.locator('[data-testid=membership][data-state=joined]');
    await button.waitFor({ state: 'attached' });
  }

  /** Who speaks, once for each group of messages. */
  async authors(): Promise<string[]> {
    return this.page.locator('.bubble .author').allInnerTexts();
  }

  /** The texts of the lines between the messages. */
  async dividers(): Promise<string[]> {
    return this.page.getByTestId('divider').allInnerTexts();
  }

  /** The names in the list of who is there, in its order. */
  async people(): Promise<string[]> {
    return this.page.getByTestId('member').allInnerTexts();
  }

  async call(name: string): Promise<void> {
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
  }

  async status(state: 'open' | 'connecting' | 'waiting' | 'closed'): Promise<void> {
    await this.page.locator(`[data-testid=connection-status][data-state=${state}]`).waitFor();
  }

  /** Only the classic page has a `target`. */
  async say(text: string, target?: 'Everybody' | { readonly room: string }): Promise<void> {
    if (target !== undefined) {
      const radio = typeof target === 'string' ? target : 'Another room';
      await this.page.getByRole('radio', { name: radio }).check({ force: true });
    }
    if (typeof target === 'object')
      await this.page.getByRole('textbox', { name: 'Room name' }).fill(target.room);
    await this.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await this.page.getByRole('button', { name: 'Send' }).click();
  }

  async memberCount(count: number): Promise<void> {
    await this.page
      .getByTestId('member-count')
      .filter({ hasText: new RegExp(`^${count}$`) })
      .waitFor();
  }
}
