/** Breaks generated code into lines as the formatter would: on one line when it fits, else an item a line. */

/** The longest line, in columns. */
export const WIDTH = 110;

const INDENT = '  ';

/** A text on one line, or a list in brackets: arguments, parameters, names in braces. */
export type Code = string | ListCode;

export interface ListCode {
  readonly open: string;
  readonly items: readonly Code[];
  readonly close: string;
  /** A blank inside of the brackets while it is on one line, as braces have. */
  readonly padded?: boolean;
  /** No comma behind the last item when it is broken, as in type arguments. */
  readonly bare?: boolean;
}

export function call(name: string, items: readonly Code[]): ListCode {
  return { open: `${name}(`, items, close: ')' };
}

export function braces(items: readonly Code[]): Code {
  return items.length === 0 ? '{}' : { open: '{', items, close: '}', padded: true };
}

/** The code with a text before its first and one behind its last line. */
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

/** A call with type arguments, which are broken only when the call's first line is too long with them. */
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

/** The columns that a text takes: East Asian characters take two. */
export function measure(text: string): number {
  let columns = 0;
  for (const character of text) columns += WIDE.test(character) ? 2 : 1;
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;

function flatten(code: Code): string {
  if (typeof code === 'string') return code;
  const blank = code.padded === true ? ' ' : '';
  return code.open + blank + code.items.map(flatten).join(', ') + blank + code.close;
}
