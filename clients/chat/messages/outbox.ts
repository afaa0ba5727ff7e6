/** Messages that the server has not confirmed: being sent, refused, or of unknown outcome. It sends nothing itself. */

import { element } from '../../shared/dom.ts';
import type { Target } from '../connection/room-client.ts';

/** A long message is shown by its beginning, in UTF-16 units. */
const PREVIEW_LENGTH = 280;

interface Outgoing {
  readonly target: Target;
  readonly text: string;
}

export interface OutboxOptions {
  /** Sends a message again; `false` when that is not possible now. */
  readonly retry: (outgoing: Outgoing) => boolean;
  /** An entry was removed that may have had the focus. */
  readonly released: () => void;
}

export interface Outbox {
  readonly root: HTMLElement;
  add(id: number, outgoing: Outgoing): void;
  /** Removes a message that was confirmed, and returns it. */
  take(id: number): Outgoing | undefined;
  refuse(id: number, reason: string): void;
  markUnconfirmed(id: number): void;
}

export function createOutbox({ retry, released }: OutboxOptions): Outbox {
  const root = element('ul', { class: 'outbox', role: 'list', 'aria-label': 'Messages not confirmed yet' });
  const entries = new Map<number, { outgoing: Outgoing; item: HTMLElement; status: HTMLElement }>();

  return {
    root,
    add(id, outgoing) {
      const status = element('p', { class: 'meta' }, 'sending…');
      const item = element(
        'li',
        { class: 'outgoing', 'data-testid': 'outgoing', 'data-state': 'sending' },
        element('p', { class: 'text', dir: 'auto' }, preview(outgoing.text)),
        status,
      );
      entries.set(id, { outgoing, item, status });
      root.append(item);
    },
    take(id) {
      const entry = entries.get(id);
      entry?.item.remove();
      entries.delete(id);
      return entry?.outgoing;
    },
    refuse: (id, reason) => settle(id, 'refused', `not sent: ${reason}`),
    markUnconfirmed: (id) => settle(id, 'unconfirmed', 'not confirmed'),
  };

  function settle(id: number, state: 'refused' | 'unconfirmed', text: string): void {
    const entry = entries.get(id);
    if (entry === undefined) return;
    const { outgoing, item, status } = entry;
    item.dataset['state'] = state;
    status.replaceChildren(
      element('span', { class: 'reason' }, text),
      createButton('Retry', () => {
        if (retry(outgoing)) release(id);
      }),
      createButton('Discard', () => release(id)),
    );
  }

  function release(id: number): void {
    entries.get(id)?.item.remove();
    entries.delete(id);
    released();
  }
}

function createButton(label: string, act: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'link' }, label);
  button.addEventListener('click', act);
  return button;
}

function preview(text: string): string {
  return text.length > PREVIEW_LENGTH ? `${text.slice(0, PREVIEW_LENGTH)}…` : text;
}
