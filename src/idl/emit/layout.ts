/** Breaks generated code into lines like the formatter: on one line if it fits, else one item on each line. */

import { WIDE } from '../syntax/diagnostics.ts';

/** The longest line, in columns. */
export const WIDTH = 110;

const INDENT = '  ';

/** A text on one line, or a list in brackets, such as arguments, parameters or names in braces. */
export type Code = string | ListCode;

export interface ListCode {
  readonly open: string;
  readonly items: readonly Code[];
  readonly close: string;
  /** Spaces inside the brackets when it is on one line, as for braces. */
  readonly padded?: boolean;
  /** No comma after the last item when it is broken, as for type arguments. */
  readonly bare?: boolean;
}

export function call(name: string, items: readonly Code[]): ListCode {
  return { open: `${name}(`, items, close: ')' };
}

export function braces(items: readonly Code[]): Code {
  return items.length === 0 ? '{}' : { open: '{', items, close: '}', padded: true };
}

/** The code with a text before its first line and one after its last line. */
export function wrap(before: string, code: Code, behind: string): Code {
  if (typeof code === 'string') return before + code + behind;
  return { ...code, open: before + code.open, close: code.close + behind };
}

/** The code as lines, indented. */
export function layOut(code: Code, depth = 0): string {
  const indent = INDENT.repeat(depth);
  const flat = flatten(code);
  if (typeof code === 'string' || indent.length + measure(flat) <= WIDTH) return indent + flat;
  const last = code.bare === true ? code.items.length - 1 : -1;
  const items = code.items.map((item, index) => layOut(wrap('', item, index === last ? '' : ','), depth + 1));
  return [indent + code.open, ...items, indent + code.close].join('\n');
}

/** A call with type arguments, which are broken only if the first line would be too long with them. */
export function layOutGenericCall(
  name: string,
  types: readonly string[],
  { items, close }: ListCode,
  depth: number,
): string {
  const open = `${name}<${types.join(', ')}>(`;
  if (depth * INDENT.length + measure(open) <= WIDTH) return layOut({ open, items, close }, depth);
  const indent = INDENT.repeat(depth);
  const lines = types.map(
    (type, index) => `${indent}${INDENT}${type}${index === types.length - 1 ? '' : ','}`,
  );
  return [`${indent}${name}<`, ...lines, layOut({ open: '>(', items, close }, depth)].join('\n');
}

/** The width of a text in columns: East Asian characters have two. */
export function measure(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

function flatten(code: Code): string {
  if (typeof code === 'string') return code;
  const blank = code.padded === true ? ' ' : '';
  return code.open + blank + code.items.map(flatten).join(', ') + blank + code.close;
}
