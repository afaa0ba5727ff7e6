/** The functions of the example servant that the panel offers: what each asks for, and its answer in words. */

import type { CallArguments } from '../connection/room-client.ts';

/** The example servant's name among those of the server. */
export const SERVANT = 'hello';
/** How many words are told with their counts. */
const TOLD_WORDS = 6;

export interface ServantFunction {
  /** Its name at the servant. */
  readonly name: string;
  /** What the person is asked for. */
  readonly field: string;
  readonly toArguments: (text: string) => CallArguments;
  /** Tells a result; one of another shape is told as JSON. */
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
      const told = words.slice(0, TOLD_WORDS).join(', ') + (words.length > TOLD_WORDS ? ', …' : '');
      const number = ret === 1 ? '1 word' : `${ret} different words`;
      return told === '' ? number : `${number}: ${told}`;
    },
  },
];
