/** The form for writing messages to this room, another one or everybody. It checks nothing: the server answers. */

import { createWriteField } from '../chat/messages/write-field.ts';
import { createChoice } from '../shared/choice.ts';
import { element } from '../shared/dom.ts';
import type { Target } from './connection/room-client.ts';

export interface ComposeOptions {
  readonly room: string;
  /** Sends the message; `false` leaves the text in the field. */
  readonly send: (target: Target, text: string) => boolean;
  /** Is shown while nothing can be sent. */
  readonly remedy: HTMLElement;
}

export interface Compose {
  readonly root: HTMLElement;
  focus(): void;
  /** Why nothing can be sent now; `undefined` when it can. */
  setObstacle(reason: string | undefined): void;
}

export function createCompose({ room, send, remedy }: ComposeOptions): Compose {
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
  const write = createWriteField({ send: (text) => send(readTarget(), text), remedy });
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
    write.root,
  );

  root.addEventListener('change', () => {
    otherField.hidden = !other.input.checked;
  });
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    write.submit();
  });

  return { root, focus: () => write.focus(), setObstacle: (reason) => write.setObstacle(reason) };

  function readTarget(): Target {
    if (everybody.input.checked) return { type: 'everybody' };
    return { type: 'room', room: other.input.checked ? otherRoom.value : room };
  }
}
