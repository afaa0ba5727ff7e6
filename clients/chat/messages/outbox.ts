/** Messages that the server has not confirmed: being sent, refused, or of unknown outcome. It sends nothing itself. */

import { element } from '../../shared/dom.ts';

/** A long message is shown by its beginning, in UTF-16 units. */
const PREVIEW_LENGTH = 280;

/** What is on its way; the pages add where it goes. */
interface Outgoing {
  readonly text: string;
}

export interface OutboxOptions<Message extends Outgoing> {
  /** Sends a message again; `false` when that is not possible now. */
  readonly retry: (outgoing: Message) => boolean;
  /** An entry was removed that may have had the focus. */
  readonly released: () => void;
}

export interface Outbox<Message extends Outgoing> {
  readonly root: HTMLElement;
  add(id: number, outgoing: Message): void;
  /** Removes a message that was confirmed, and returns it. */
  take(id: number): Message | undefined;
  /** The same for the oldest one with this text, whatever is known of it. */
  takeByText(text: string): Message | undefined;
  refuse(id: number, reason: string): void;
  markUnconfirmed(id: number): void;
}

export function createOutbox<Message extends Outgoing>({
  retry,
  released,
}: OutboxOptions<Message>): Outbox<Message> {
  const root = element('ul', { class: 'outbox', role: 'list', 'aria-label': 'Messages not confirmed yet' });
  const entries = new Map<number, { outgoing: Message; item: HTMLElement; status: HTMLElement }>();

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
    take,
    takeByText(text) {
      for (const [id, { outgoing }] of entries) if (outgoing.text === text) return take(id);
      return undefined;
    },
    refuse: (id, reason) => settle(id, 'refused', `not sent: ${reason}`),
    markUnconfirmed: (id) => settle(id, 'unconfirmed', 'not confirmed'),
  };

  function take(id: number): Message | undefined {
    const entry = entries.get(id);
    entry?.item.remove();
    entries.delete(id);
    return entry?.outgoing;
  }

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
    take(id);
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
