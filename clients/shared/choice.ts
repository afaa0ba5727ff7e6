/** One of several things to pick, drawn as a segment. It knows neither the group's label nor what is picked. */

import { element } from './dom.ts';

export interface Choice {
  readonly input: HTMLInputElement;
  readonly label: HTMLLabelElement;
}

/** Makes a radio button in its label; those of one `group` exclude each other. */
export function createChoice(group: string, value: string, text: string): Choice {
  const input = element('input', { type: 'radio', name: group, value });
  return { input, label: element('label', {}, input, element('span', {}, text)) };
}
