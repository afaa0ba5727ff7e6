/** The text of a command, for the parts of it that need all digits of their numbers. */

import type { Json } from '../command.ts';
import { keepDigits, type ExactJson } from '../json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../json/lost-number.ts';
import type { Fields } from './fields.ts';

export interface RequestSource {
  /** The command as JSON text. */
  readonly text: string;
  /** The same, as `JSON.parse` made it. */
  readonly command: Fields;
  /** The request in the command. */
  readonly name: string;
}

/** The `data` of a request, in which each number keeps its digits. */
export function dataOf({ text, command, name }: RequestSource): ExactJson | undefined {
  const exact = keepDigits(text, command as Record<string, ExactJson>) as Record<
    string,
    Record<string, ExactJson>
  >;
  return exact[name]?.['data'];
}

/** The `data` of a request, `null` if there is none; `lost` is a number of it that JavaScript cannot hold. */
export function readData(source: RequestSource): { readonly data: Json; readonly lost?: string | undefined } {
  const { data = null } = source.command[source.name] as { readonly data?: Json };
  if (typeof data === 'string' || !mayLoseNumbers(source.text)) return { data };
  return { data, lost: findLostNumber(dataOf(source) ?? null) };
}
