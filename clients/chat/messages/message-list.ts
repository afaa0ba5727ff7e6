/** The list of messages, newest last. */

import { element } from '../../shared/dom.ts';

/** How many entries stay in the document. */
const KEPT_ENTRIES = 500;
/** Entries are drawn with the next frame, or after this time in a hidden tab, which has no frames. */
const FLUSH_TIMEOUT_MS = 150;
/** Within this distance from the end, in pixels, the list keeps scrolling to new messages. */
const BOTTOM_TOLERANCE_PX = 40;

type Entry =
  /** `label` adds where it went, for example to everybody. */
  | {
      readonly type: 'message';
      readonly text: string;
      readonly own: boolean;
      readonly at: Date;
      readonly label?: string;
    }
  /** A remark of the page itself. */
  | { readonly type: 'note'; readonly text: string; readonly at: Date };

export interface MessageList {
  readonly root: HTMLElement;
  add(entry: Entry): void;
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

  function add(entry: Entry): void {
    queue.push(entry);
    // Under heavy traffic, entries that would be removed at once are never drawn.
    if (queue.length > KEPT_ENTRIES) queue.shift();
    if (entry.type === 'message' && entry.own) return flush();
    if (frame !== 0) return;
    frame = requestAnimationFrame(flush);
    timer = window.setTimeout(flush, FLUSH_TIMEOUT_MS);
  }

  function flush(): void {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = 0;
    empty.hidden = true;
    list.append(...queue.map(drawEntry));
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

function drawEntry(entry: Entry): HTMLElement {
  const time = element(
    'time',
    { datetime: entry.at.toISOString() },
    entry.at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  );
  if (entry.type === 'note') {
    return element(
      'li',
      { class: 'note', 'data-testid': 'note' },
      element('span', {}, entry.text),
      ' · ',
      time,
    );
  }
  const { own, label, text } = entry;
  const author = own ? 'You' : 'Somebody';
  return element(
    'li',
    { class: 'bubble', 'data-testid': 'message', 'data-own': String(own) },
    element('span', { class: 'visually-hidden' }, `${author}: `),
    element('p', { class: 'text', dir: 'auto' }, text),
    element('p', { class: 'meta' }, ...(label === undefined ? [] : [label, ' · ']), time),
  );
}
