/** Emits an exported function: whole in TypeScript, without types in JavaScript, without a body as a declaration. */

import type { EmitContext } from './emit-context.ts';
import { layOut } from './layout.ts';
import type { RuntimeName } from './runtime-names.ts';

export interface FunctionCode {
  readonly doc: string;
  readonly name: string;
  /** Names with types; a name that ends with `?` may be left out. */
  readonly parameters: readonly (readonly [name: string, type: string])[];
  readonly returns: string;
  /** What {@link emitReturn} makes. */
  readonly body: string;
}

export function emitFunction(
  context: EmitContext,
  { doc, name, parameters, returns, body }: FunctionCode,
): string[] {
  const items = parameters.map(([parameter, type]) =>
    context.form === 'javascript' ? parameter.replace('?', '') : `${parameter}: ${type}`,
  );
  if (context.form === 'declarations') {
    return [doc, layOut({ open: `export declare function ${name}(`, items, close: `): ${returns};` })];
  }
  const close = `)${context.typed(`: ${returns}`)} {`;
  return [doc, layOut({ open: `export function ${name}(`, items, close }), body, '}'];
}

/** The body of a function that returns a call of the run-time. A declaration has none and imports nothing for it. */
export function emitReturn(context: EmitContext, name: RuntimeName, items: readonly string[]): string {
  if (context.form === 'declarations') return '';
  return layOut({ open: `return ${context.use(name)}(`, items, close: ');' }, 1);
}
