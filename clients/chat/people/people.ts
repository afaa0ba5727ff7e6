/** Shows who is in the room. */

import { element } from '../../shared/dom.ts';
import { nameMember, type Presence, type PresentMember } from './presence.ts';

/** How many members are listed by name; the count includes all. */
const LISTED_MEMBERS = 200;

export interface People {
  readonly root: HTMLElement;
  show(presence: Presence): void;
}

export function createPeople(): People {
  const count = element('span', { class: 'count', 'data-testid': 'member-count' }, '–');
  const heading = element('h2', { id: 'people-heading' }, 'Here now ', count);
  const toggle = element(
    'button',
    {
      type: 'button',
      class: 'link people-toggle',
      'aria-expanded': 'false',
      'aria-controls': 'people-details',
    },
    'Show list',
  );
  const list = element('ul', {
    role: 'list',
    'data-testid': 'member-list',
    'aria-labelledby': 'people-heading',
  });
  const remark = element('p', { class: 'remark', 'data-testid': 'presence-remark' }, 'Loading…');
  const details = element('div', { id: 'people-details', class: 'people-details' }, list);
  const root = element(
    'section',
    { class: 'people', 'aria-labelledby': 'people-heading' },
    element('div', { class: 'people-head' }, heading, toggle),
    remark,
    details,
  );
  let drawn = '';

  toggle.addEventListener('click', () => {
    const expanded = toggle.getAttribute('aria-expanded') !== 'true';
    toggle.setAttribute('aria-expanded', String(expanded));
    toggle.textContent = expanded ? 'Hide list' : 'Show list';
  });

  return { root, show };

  function show(presence: Presence): void {
    switch (presence.type) {
      case 'members':
        return showMembers(presence.members);
      case 'hidden':
        count.textContent = '';
        list.replaceChildren();
        toggle.hidden = true;
        return say('The list is hidden by this server’s settings.');
      case 'unavailable':
        return say('The server does not answer right now.');
    }
  }

  function showMembers(members: readonly PresentMember[]): void {
    // The answer comes every two seconds and is mostly the same: then nothing is drawn.
    const next = JSON.stringify(members);
    if (next !== drawn || list.childElementCount === 0) {
      drawn = next;
      count.textContent = String(members.length);
      const sorted = members.toSorted((a, b) => a.joinedAt - b.joinedAt);
      list.replaceChildren(...sorted.slice(0, LISTED_MEMBERS).map(drawMember));
    }
    const unlisted = members.length - LISTED_MEMBERS;
    say(members.length === 0 ? 'Nobody yet.' : unlisted > 0 ? `and ${unlisted} more` : '');
  }

  function say(text: string): void {
    remark.textContent = text;
    remark.hidden = text === '';
  }
}

function drawMember(member: PresentMember): HTMLElement {
  const name = element('span', { class: 'name', dir: 'auto', title: member.id }, nameMember(member));
  const item = element('li', { class: 'member', 'data-testid': 'member', 'data-state': member.state }, name);
  if (member.state === 'away') item.append(' ', element('span', { class: 'badge' }, 'away'));
  return item;
}
