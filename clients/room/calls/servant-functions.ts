/**
 * The functions of the example servant (a remote service) that the panel offers: what each asks for, and its answer
 * as text.
 */

import type { CallArguments } from './call-words.ts';

/** The example servant's name among those of the server. */
export const SERVANT = 'hello';
/** How many words are shown with their counts. */
const SHOWN_WORDS = 6;

export interface ServantFunction {
  /** Its name at the servant. */
  readonly name: string;
  /** The label of the text field. */
  readonly field: string;
  readonly toArguments: (text: string) => CallArguments;
  /** The result as text; a result of another shape is shown as JSON. */
  readonly describe: (result: unknown) => string;
}

export const SERVANT_FUNCTIONS: readonly [ServantFunction, ...ServantFunction[]] = [
  {
    name: 'sayHello',
    field: 'Name to greet',
    toArguments: (name) => ({ name }),
    describe(result) {
      const { ret } = Object(result) as Record<string, unknown>;
      return typeof ret === 'string' ? ret : JSON.stringify(result);
    },
  },
  {
    name: 'countWords',
    field: 'Text to count in',
    toArguments: (text) => ({ texts: [text] }),
    describe(result) {
      const { ret, counts } = Object(result) as Record<string, unknown>;
      if (typeof ret !== 'number') return JSON.stringify(result);
      const words = Object.entries(Object(counts) as Record<string, unknown>)
        .toSorted(([, a], [, b]) => Number(b) - Number(a))
        .map(([word, count]) => `${word} ${String(count)}`);
      const told = words.slice(0, SHOWN_WORDS).join(', ') + (words.length > SHOWN_WORDS ? ', …' : '');
      const number = ret === 1 ? '1 word' : `${ret} different words`;
      return told === '' ? number : `${number}: ${told}`;
    },
  },
];
