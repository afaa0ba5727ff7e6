/** A radio button that is drawn as a segment of a row. */

import { element } from './dom.ts';

export interface Choice {
  readonly input: HTMLInputElement;
  readonly label: HTMLLabelElement;
}

/** Creates a radio button in its label; one button of a `group` can be chosen. */
export function createChoice(group: string, value: string, text: string): Choice {
  const input = element('input', { type: 'radio', name: group, value });
  return { input, label: element('label', {}, input, element('span', {}, text)) };
}
