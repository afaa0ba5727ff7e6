/** Joins the page's room, or leaves it. */

import { element, setAttribute } from '../../shared/dom.ts';
import { shortenName } from './short-name.ts';
import type { Membership } from './session-states.ts';

export interface MembershipButton {
  readonly root: HTMLButtonElement;
  /** `online`: the connection is open, so the button has an effect. */
  show(membership: Membership, online: boolean): void;
}

export interface MembershipButtonOptions {
  readonly room: string;
  readonly join: () => void;
  readonly leave: () => void;
}

export function createMembershipButton({ room, join, leave }: MembershipButtonOptions): MembershipButton {
  const root = element('button', { type: 'button', 'data-testid': 'membership' });
  let usable = false;

  root.addEventListener('click', () => {
    // Not `disabled`: a disabled button loses the focus, here at each change of the state.
    if (!usable) return;
    if (root.dataset['state'] === 'joined') leave();
    else join();
  });

  return {
    root,
    show(membership, online) {
      usable = online && (membership === 'out' || membership === 'joined');
      // Without a connection nothing is under way.
      root.textContent = describe(
        !online && membership === 'joining' ? 'out' : membership,
        shortenName(room),
      );
      root.dataset['state'] = membership;
      root.classList.toggle('primary', membership === 'out' && online);
      setAttribute(root, 'aria-disabled', usable ? undefined : 'true');
    },
  };
}

function describe(membership: Membership, room: string): string {
  switch (membership) {
    case 'out':
      return `Join ${room}`;
    case 'joining':
      return `Joining ${room}…`;
    case 'joined':
      return `Leave ${room}`;
    case 'leaving':
      return `Leaving ${room}…`;
  }
}
