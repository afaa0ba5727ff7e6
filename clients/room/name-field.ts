/** Asks for the name that a guest wants to go by. It is a claim: the page that reads it shows it as one. */

import { readName, MAX_NAME_LENGTH } from '../chat/messages/said.ts';
import { element } from '../shared/dom.ts';
import { createStoredText } from '../shared/stored-text.ts';

/** The name used in this tab before, if any. */
const stored = createStoredText('statecast.name', () => sessionStorage);

export interface NameField {
  readonly root: HTMLElement;
  name(): string | undefined;
  /** The server has proof of who the user is: there is nothing to choose. */
  showProven(user: string): void;
}

/** @param changed is called at each change of the name */
export function createNameField(changed: () => void): NameField {
  const input = element('input', {
    id: 'name',
    type: 'text',
    autocomplete: 'nickname',
    placeholder: 'Guest',
    maxlength: String(MAX_NAME_LENGTH),
    'aria-describedby': 'name-remark',
  });
  const remark = element(
    'p',
    { class: 'remark', id: 'name-remark' },
    'Others see it as a name that you chose, without proof.',
  );
  const form = element(
    'form',
    { class: 'name-form', 'aria-label': 'Your name' },
    element('label', { for: 'name' }, 'Your name'),
    input,
  );
  const root = element('section', { class: 'identity', 'aria-label': 'You' }, form, remark);
  let name = readName(stored.read());

  input.value = name ?? '';
  input.addEventListener('input', () => {
    name = readName(input.value);
    stored.write(name);
    changed();
  });
  form.addEventListener('submit', (event) => event.preventDefault());

  return {
    root,
    name: () => name,
    showProven(user) {
      form.hidden = true;
      remark.replaceChildren('You are ', element('strong', { dir: 'auto' }, user), ', by your token.');
    },
  };
}
