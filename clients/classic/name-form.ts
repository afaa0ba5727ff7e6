/** Asks for the name of the user, where the server accepts one. The name is kept for this tab. */

import { element } from '../shared/dom.ts';
import { createStoredText } from '../shared/stored-text.ts';

/** The name used in this tab before, if any. */
export const storedUser = createStoredText('statecast.user', () => sessionStorage);

export interface NameFormOptions {
  readonly signIn: (user: string | undefined) => void;
}

export function createNameForm({ signIn }: NameFormOptions): HTMLElement {
  const input = element('input', {
    id: 'user',
    type: 'text',
    autocomplete: 'nickname',
    placeholder: 'Guest',
  });
  input.value = storedUser.read() ?? '';
  const root = element(
    'form',
    { class: 'name-form', 'aria-label': 'Identity' },
    element('label', { for: 'user' }, 'Your name'),
    input,
    element('button', { type: 'submit' }, 'Use name'),
  );
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    const name = input.value.trim();
    input.value = name;
    const user = name === '' ? undefined : name;
    storedUser.write(user);
    signIn(user);
  });
  return root;
}
