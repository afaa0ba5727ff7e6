/** Lays a chat page out: a line on top, the messages, the form, and beside them what is rarely needed. */

import { element, setAttribute } from '../shared/dom.ts';

export interface LayoutParts {
  /** The heading. */
  readonly title: string;
  /** The state of the connection, in the top line. */
  readonly status: HTMLElement;
  readonly notice: HTMLElement;
  /** Beside the messages; on a narrow screen they lie over them, when they are asked for. */
  readonly side: readonly HTMLElement[];
  readonly messages: HTMLElement;
  readonly compose: HTMLElement;
  readonly announcer: HTMLElement;
}

/** Puts the parts into the page. */
export function layOut(main: HTMLElement, parts: LayoutParts): void {
  const { title, status, notice, messages, compose, announcer } = parts;
  const side = element('div', { class: 'side', id: 'side' }, ...parts.side);
  const toggle = element(
    'button',
    { type: 'button', class: 'side-toggle', 'aria-expanded': 'false', 'aria-controls': 'side' },
    'Details',
  );
  const session = element(
    'section',
    { class: 'session', 'aria-label': 'Room' },
    element('h1', { title }, title),
    status,
    toggle,
  );

  toggle.addEventListener('click', () => unfold(toggle.getAttribute('aria-expanded') !== 'true'));
  main.addEventListener('keydown', ({ key }) => {
    if (key !== 'Escape' || toggle.getAttribute('aria-expanded') !== 'true') return;
    unfold(false);
    // Only on a narrow screen is there a button.
    toggle.focus();
  });
  main.replaceChildren(session, notice, side, messages, compose, announcer);

  function unfold(isOpen: boolean): void {
    toggle.setAttribute('aria-expanded', String(isOpen));
    toggle.textContent = isOpen ? 'Close details' : 'Details';
    setAttribute(main, 'data-unfolded', isOpen);
  }
}
