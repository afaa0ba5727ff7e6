/** The list of messages, newest last. */

import { element } from '../../shared/dom.ts';
import { SERVER, type Author } from './author.ts';
import { continuesGroup, type Entry, type MessageEntry } from './entries.ts';

/** How many entries stay in the document. */
const KEPT_ENTRIES = 500;
/** Entries are drawn with the next frame, or after this time in a hidden tab, which has no frames. */
const FLUSH_TIMEOUT_MS = 150;
/** Within this distance from the end, in pixels, the list keeps scrolling to new messages. */
const BOTTOM_TOLERANCE_PX = 40;

export interface MessageList {
  readonly root: HTMLElement;
  add(...entries: readonly Entry[]): void;
  /** The text that is shown until there is a message. */
  setHint(text: string): void;
  /** Scrolls to the newest message. */
  scrollToEnd(): void;
}

/**
 * Makes the list.
 * @param footer scrolls with the messages and stays below them
 */
export function createMessageList(footer: HTMLElement): MessageList {
  const list = element('ol', { class: 'bubbles', role: 'list' });
  const log = element('div', { role: 'log', 'aria-label': 'Messages' }, list);
  const empty = element('p', { class: 'empty' });
  const scroller = element(
    'div',
    { class: 'scroller', tabindex: '0', role: 'group', 'aria-label': 'Conversation' },
    empty,
    log,
    footer,
  );
  const jump = element('button', { type: 'button', class: 'jump', hidden: true });
  const root = element('div', { class: 'stream' }, scroller, jump);

  let queue: Entry[] = [];
  let frame = 0;
  let timer = 0;
  /** The newest entry that is drawn. */
  let last: Entry | undefined;
  let atEnd = true;
  let unseen = 0;

  scroller.addEventListener('scroll', () => {
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight <= BOTTOM_TOLERANCE_PX;
    if (atEnd) markSeen();
  });
  jump.addEventListener('click', () => {
    scrollToEnd();
    scroller.focus();
  });
  // An on-screen keyboard, a growing text field or a changed footer must not push the end out of view.
  const sizes = new ResizeObserver(() => {
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
  });
  sizes.observe(scroller);
  sizes.observe(footer);

  return {
    root,
    add,
    setHint(text) {
      empty.textContent = text;
    },
    scrollToEnd,
  };

  function add(...entries: readonly Entry[]): void {
    queue.push(...entries);
    // Under heavy traffic, entries that would be removed at once are never drawn.
    if (queue.length > KEPT_ENTRIES) queue = queue.slice(-KEPT_ENTRIES);
    if (entries.some((entry) => entry.type === 'message' && entry.own)) return flush();
    if (frame !== 0) return;
    frame = requestAnimationFrame(flush);
    timer = window.setTimeout(flush, FLUSH_TIMEOUT_MS);
  }

  function flush(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    empty.hidden = true;
    for (const entry of queue) {
      list.append(drawEntry(entry, last));
      last = entry;
    }
    const others = queue.filter((entry) => entry.type === 'message' && !entry.own).length;
    queue = [];
    while (list.childElementCount > KEPT_ENTRIES) list.firstElementChild?.remove();
    if (atEnd) scroller.scrollTop = scroller.scrollHeight;
    else countUnseen(others);
  }

  function scrollToEnd(): void {
    atEnd = true;
    scroller.scrollTop = scroller.scrollHeight;
    markSeen();
  }

  function countUnseen(count: number): void {
    if (count === 0) return;
    unseen += count;
    jump.textContent = unseen === 1 ? '1 new message' : `${unseen} new messages`;
    jump.hidden = false;
  }

  function markSeen(): void {
    unseen = 0;
    jump.hidden = true;
  }
}

function drawEntry(entry: Entry, before: Entry | undefined): HTMLElement {
  switch (entry.type) {
    case 'note':
      return element(
        'li',
        { class: 'note', 'data-testid': 'note' },
        element('span', {}, entry.text),
        ' · ',
        drawTime(entry.at),
      );
    case 'divider':
      return element('li', { class: 'divider', 'data-testid': 'divider' }, element('span', {}, entry.text));
    case 'message':
      return drawMessage(entry, continuesGroup(before, entry));
  }
}

function drawMessage(message: MessageEntry, continues: boolean): HTMLElement {
  const { own, author, text, at, marks = [], isBroadcast = false } = message;
  const remarks: (Node | string)[] = [...marks];
  if (at !== undefined) remarks.push(drawTime(at));
  return element(
    'li',
    {
      class: 'bubble',
      'data-testid': 'message',
      'data-own': String(own),
      'data-colour': author && String(author.colour),
      'data-kind': isBroadcast && 'broadcast',
      'data-continues': continues,
    },
    isBroadcast ? drawAddressees(own) : drawAuthor(author, own, continues),
    element('p', { class: 'text', dir: 'auto' }, text),
    element(
      'p',
      { class: 'meta' },
      ...remarks.flatMap((remark, index) => (index === 0 ? [remark] : [' · ', remark])),
    ),
  );
}

/** Who sent it is not told. */
function drawAddressees(own: boolean): HTMLElement {
  return element('p', { class: 'author' }, own ? 'To everybody (you)' : 'To everybody');
}

function drawAuthor(author: Author | undefined, own: boolean, continues: boolean): HTMLElement {
  if (author === undefined) {
    return element('span', { class: 'visually-hidden' }, own ? 'You: ' : 'Somebody: ');
  }
  const parts: (Node | string)[] = [element('span', { class: 'name', dir: 'auto' }, author.name)];
  if (own) parts.push(' (you)');
  const remark = author.isProven ? '✓' : author.tag;
  if (remark !== undefined && author.key !== SERVER.key) {
    parts.push(
      ' ',
      element('span', { class: 'proof', title: author.isProven ? PROVEN_WORDS : CLAIMED_WORDS }, remark),
    );
  }
  return element('p', { class: continues ? 'visually-hidden' : 'author' }, ...parts);
}

const PROVEN_WORDS = 'The server has proof of this name.';
const CLAIMED_WORDS = 'A name that this guest chose, without proof.';

function drawTime(at: Date): HTMLElement {
  return element('time', { datetime: at.toISOString() }, formatTime(at));
}

/** Hours and minutes, as the reader writes them. */
export function formatTime(at: Date): string {
  return at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
}
