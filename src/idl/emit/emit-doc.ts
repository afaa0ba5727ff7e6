/** Emits doc comments, and splits those of functions: the text of `@param` goes to the property of the parameter. */

import { measure, WIDTH } from './layout.ts';
import type { Doc } from '../syntax/syntax.ts';

/** The lines of a doc comment, or none. */
export function emitDoc(doc: Doc, depth = 0): string[] {
  const indent = '  '.repeat(depth);
  const [first] = doc;
  if (first === undefined) return [];
  if (doc.length === 1 && measure(`${indent}/** ${first} */`) <= WIDTH) return [`${indent}/** ${first} */`];
  return [`${indent}/**`, ...doc.map((line) => `${indent} * ${line}`.trimEnd()), `${indent} */`];
}

export interface FunctionDoc {
  /** The text about the function itself. */
  readonly summary: Doc;
  /** The texts of `@param` by name. */
  readonly parameters: ReadonlyMap<string, Doc>;
  /** The text of `@return`. */
  readonly returns: Doc;
}

const PARAM = /^@param(?:\[\w+\])?\s+([A-Za-z_]\w*)\s*[,:-]*\s*(.*)$/;
const RETURN = /^@returns?\b\s*:?\s*(.*)$/;

/** Splits the doc of a function. A `@param` with an unknown name stays in the summary. */
export function splitDoc(doc: Doc, names: ReadonlySet<string>): FunctionDoc {
  const summary: string[] = [];
  const parameters = new Map<string, string[]>();
  const returns: string[] = [];
  let current = summary;
  for (const line of doc) {
    const [, name, text] = PARAM.exec(line) ?? [];
    const [, returned] = RETURN.exec(line) ?? [];
    if (name !== undefined && names.has(name)) {
      current = parameters.get(name) ?? [];
      parameters.set(name, current);
      current.push(text!);
    } else if (returned !== undefined) {
      current = returns;
      current.push(returned);
    } else {
      if (line.startsWith('@')) current = summary;
      current.push(line);
    }
  }
  return {
    summary: trim(summary),
    parameters: new Map([...parameters].map(([name, lines]) => [name, trim(lines)])),
    returns: trim(returns),
  };
}

function trim(lines: readonly string[]): Doc {
  const first = lines.findIndex((line) => line !== '');
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => line !== '') + 1);
}
