/** Lets a person be known by a name, where the server takes one. It remembers the name for this tab. */

import { element } from '../../shared/dom.ts';

const STORAGE_KEY = 'statecast.user';

export interface NameFormOptions {
  readonly user: string | undefined;
  readonly signIn: (user: string | undefined) => void;
}

export function createNameForm({ user, signIn }: NameFormOptions): HTMLElement {
  const input = element('input', {
    id: 'user',
    type: 'text',
    autocomplete: 'nickname',
    placeholder: 'Guest',
  });
  input.value = user ?? '';
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
    rememberUser(name);
    signIn(name === '' ? undefined : name);
  });
  return root;
}

/** The name used in this tab before, if any. */
export function recallUser(): string | undefined {
  try {
    return sessionStorage.getItem(STORAGE_KEY) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A browser may forbid storage: then the name lasts until the page is left. */
function rememberUser(name: string): void {
  try {
    if (name === '') sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, name);
  } catch {
    // Nothing to do: the name is in use all the same.
  }
}
