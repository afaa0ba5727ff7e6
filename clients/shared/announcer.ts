/** Announces changes to screen readers, through one polite status region that is not visible. */

import { element } from './dom.ts';

/** How many announcements stay in the region. */
const KEPT_ANNOUNCEMENTS = 3;

export interface Announcer {
  readonly root: HTMLElement;
  announce(text: string): void;
}

export function createAnnouncer(): Announcer {
  const root = element('div', { class: 'visually-hidden', role: 'status', 'aria-atomic': 'false' });
  return {
    root,
    announce(text) {
      // A new element each time: the same text twice would otherwise be no change.
      root.append(element('p', {}, text));
      while (root.childElementCount > KEPT_ANNOUNCEMENTS) root.firstElementChild?.remove();
    },
  };
}
