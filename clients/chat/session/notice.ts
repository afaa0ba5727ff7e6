/** One line for messages of the server or the page that do not belong to the conversation. */

import type { Announcer } from '../../shared/announcer.ts';
import { element } from '../../shared/dom.ts';

/** How long an information stays; an error stays until it is dismissed, replaced or out of date. */
const INFO_NOTICE_MS = 5_000;

type NoticeKind = 'info' | 'error';

export interface Notice {
  readonly root: HTMLElement;
  show(kind: NoticeKind, text: string): void;
  /** Hides the notice: what it says is over. */
  clear(): void;
}

export function createNotice(announcer: Announcer): Notice {
  const text = element('p', { 'data-testid': 'notice' });
  const dismiss = element(
    'button',
    { type: 'button', class: 'dismiss', 'aria-label': 'Dismiss this notice' },
    '×',
  );
  const root = element('div', { class: 'notice', hidden: true }, text, dismiss);
  let timer = 0;

  dismiss.addEventListener('click', clear);

  return {
    root,
    show(kind, words) {
      clearTimeout(timer);
      if (kind === 'info') timer = window.setTimeout(clear, INFO_NOTICE_MS);
      text.textContent = words;
      text.dataset['kind'] = kind;
      root.hidden = false;
      announcer.announce(words);
    },
    clear,
  };

  function clear(): void {
    clearTimeout(timer);
    root.hidden = true;
    text.textContent = '';
  }
}
