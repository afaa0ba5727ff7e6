/** The form for writing messages. It checks nothing: the server answers with an error where needed. */

import { element } from '../../shared/dom.ts';
import { createChoice } from '../../shared/choice.ts';
import type { Target } from '../connection/room-client.ts';

export interface ComposeOptions {
  readonly room: string;
  /** Sends the message; `false` leaves the text in the field. */
  readonly send: (target: Target, text: string) => boolean;
}

export interface Compose {
  readonly root: HTMLElement;
  focus(): void;
}

export function createCompose({ room, send }: ComposeOptions): Compose {
  const here = createChoice('target', 'here', 'This room');
  const other = createChoice('target', 'other', 'Another room');
  const everybody = createChoice('target', 'everybody', 'Everybody');
  here.input.checked = true;

  const otherRoom = element('input', {
    id: 'other-room',
    type: 'text',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const otherField = element(
    'div',
    { class: 'other-room', hidden: true },
    element('label', { for: 'other-room' }, 'Room name'),
    otherRoom,
  );
  const message = element('textarea', {
    id: 'message',
    rows: '1',
    placeholder: 'Write a message',
    autocomplete: 'off',
    enterkeyhint: 'send',
  });
  const root = element(
    'form',
    { class: 'compose', 'aria-label': 'Send a message' },
    element(
      'fieldset',
      { class: 'targets' },
      element('legend', {}, 'Send to'),
      element('div', { class: 'segments' }, here.label, other.label, everybody.label),
    ),
    otherField,
    element(
      'div',
      { class: 'write' },
      element('label', { for: 'message', class: 'visually-hidden' }, 'Message'),
      message,
      element('button', { type: 'submit', class: 'primary' }, 'Send'),
    ),
  );

  root.addEventListener('change', () => {
    otherField.hidden = !other.input.checked;
  });
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    submit();
  });
  message.addEventListener('keydown', (event) => {
    // In an input method (Chinese, Japanese) Enter confirms a word. That must not send the message.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });

  return { root, focus: () => message.focus() };

  function submit(): void {
    if (message.value !== '' && send(readTarget(), message.value)) message.value = '';
    message.focus();
  }

  function readTarget(): Target {
    if (everybody.input.checked) return { type: 'everybody' };
    return { type: 'room', room: other.input.checked ? otherRoom.value : room };
  }
}
