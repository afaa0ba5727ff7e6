/** Shows who is in the room. */

import { element } from '../../shared/dom.ts';

/** How many people are listed by name; the count includes all. */
export const LISTED_PEOPLE = 200;

/** One line of the list. */
export interface Person {
  readonly name: string;
  /** More about the person, such as the ids of the connections. */
  readonly title: string;
  /** A word behind the name, such as `away`. */
  readonly note?: string;
  readonly isAway: boolean;
  /** One of the colours of names, if it has one. */
  readonly colour?: number;
}

export interface Crowd {
  /** How many there are; unknown where the server does not say. */
  readonly count?: number;
  readonly people: readonly Person[];
  /** A sentence below the count, or nothing. */
  readonly remark: string;
}

export interface People {
  readonly root: HTMLElement;
  show(crowd: Crowd): void;
  /** Keeps the list and says why it is not up to date. */
  say(remark: string): void;
}

export function createPeople(): People {
  const count = element('span', { class: 'count', 'data-testid': 'member-count' }, '–');
  const heading = element('h2', { id: 'people-heading' }, 'Here now ', count);
  const list = element('ul', {
    role: 'list',
    'data-testid': 'member-list',
    'aria-labelledby': 'people-heading',
  });
  const remark = element('p', { class: 'remark', 'data-testid': 'presence-remark' }, 'Loading…');
  const root = element(
    'section',
    { class: 'people', 'aria-labelledby': 'people-heading' },
    heading,
    remark,
    element('div', { class: 'people-details' }, list),
  );
  let drawn = '';

  return {
    root,
    show({ count: total, people, remark: words }) {
      count.textContent = total === undefined ? '' : total.toLocaleString();
      say(words);
      // The answer comes again and again and is mostly the same: then nothing is drawn.
      const next = JSON.stringify(people);
      if (next === drawn) return;
      drawn = next;
      list.replaceChildren(...people.slice(0, LISTED_PEOPLE).map(drawPerson));
    },
    say,
  };

  function say(words: string): void {
    remark.textContent = words;
    remark.hidden = words === '';
  }
}

/** What is said below the count of people of whom some may not be listed. */
export function describeRest(count: number): string {
  if (count === 0) return 'Nobody yet.';
  return count > LISTED_PEOPLE ? `and ${(count - LISTED_PEOPLE).toLocaleString()} more` : '';
}

function drawPerson({ name, title, note, isAway, colour }: Person): HTMLElement {
  const item = element(
    'li',
    {
      class: 'member',
      'data-testid': 'member',
      'data-state': isAway ? 'away' : 'joined',
      'data-colour': colour === undefined ? undefined : String(colour),
    },
    element('span', { class: 'name', dir: 'auto', title }, name),
  );
  if (note !== undefined) item.append(' ', element('span', { class: 'badge' }, note));
  return item;
}
