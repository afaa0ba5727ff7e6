/** Shows an example with a button that copies it. */

import type { Announcer } from '../shared/announcer.ts';
import { element } from '../shared/dom.ts';
import type { Snippet } from './snippets.ts';

/** How long the button shows the result. */
const COPIED_MS = 2_000;

export function createSnippetView({ title, code }: Snippet, announcer: Announcer): HTMLElement {
  const text = element('code', {}, code);
  const button = element('button', { type: 'button', 'aria-label': `Copy: ${title}` }, 'Copy');
  button.addEventListener('click', () => void copy());
  return element(
    'section',
    { class: 'snippet', 'data-testid': 'snippet' },
    element('div', { class: 'snippet-head' }, element('h3', {}, title), button),
    element('pre', {}, text),
  );

  async function copy(): Promise<void> {
    tell((await writeClipboard(code)) ? 'Copied' : selectForCopy(text));
  }

  function tell(words: string): void {
    button.textContent = words;
    announcer.announce(words);
    setTimeout(() => {
      button.textContent = 'Copy';
    }, COPIED_MS);
  }
}

/** Browsers allow the clipboard on https and localhost only. */
async function writeClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function selectForCopy(text: HTMLElement): string {
  getSelection()?.selectAllChildren(text);
  return 'Selected: press Ctrl+C';
}
