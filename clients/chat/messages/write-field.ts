/** The field for writing a message, with its button. Offline it takes nothing, and says why. */

import { element, setAttribute } from '../../shared/dom.ts';

export interface WriteFieldOptions {
  /** Sends the text; `false` leaves it in the field. */
  readonly send: (text: string) => boolean;
  /** The user is writing; called at each change of the text that leaves some. */
  readonly typed?: () => void;
  /** Is shown beside the reason while nothing can be sent. */
  readonly remedy: HTMLElement;
}

export interface WriteField {
  readonly root: HTMLElement;
  focus(): void;
  submit(): void;
  /** Why nothing can be sent now; `undefined` when it can. */
  setObstacle(reason: string | undefined): void;
}

export function createWriteField({ send, typed, remedy }: WriteFieldOptions): WriteField {
  const field = element('textarea', {
    id: 'message',
    rows: '1',
    placeholder: PLACEHOLDER,
    autocomplete: 'off',
    enterkeyhint: 'send',
    'aria-describedby': 'obstacle',
  });
  const button = element('button', { type: 'submit', class: 'primary' }, 'Send');
  const words = element('span', { id: 'obstacle' });
  const obstacle = element(
    'div',
    { class: 'obstacle', 'data-testid': 'obstacle', hidden: true },
    words,
    remedy,
  );
  const root = element(
    'div',
    { class: 'writing' },
    obstacle,
    element(
      'div',
      { class: 'write' },
      element('label', { for: 'message', class: 'visually-hidden' }, 'Message'),
      field,
      button,
    ),
  );

  field.addEventListener('keydown', (event) => {
    // In an input method (Chinese, Japanese) Enter confirms a word. That must not send the message.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  field.addEventListener('input', () => {
    if (field.value !== '') typed?.();
  });

  return {
    root,
    focus: () => field.focus(),
    submit,
    setObstacle(reason) {
      words.textContent = reason ?? '';
      obstacle.hidden = reason === undefined;
      // Not `disabled`: that would lose the focus, and what was written could not be copied.
      field.readOnly = reason !== undefined;
      field.placeholder = reason === undefined ? PLACEHOLDER : '';
      for (const part of [field, button]) setAttribute(part, 'aria-disabled', reason !== undefined && 'true');
    },
  };

  function submit(): void {
    if (field.value.trim() !== '' && !field.readOnly && send(field.value)) field.value = '';
    field.focus();
  }
}

const PLACEHOLDER = 'Write a message';
