/** Emits a checked .tars file as one module of TypeScript or JavaScript, or as the declarations of one. The same file always gives the same bytes. */

import { basename } from 'node:path';
import { emitConst, emitEnum, emitKey, emitStruct } from './emit-definitions.ts';
import { EmitContext, type EmitOptions, type Form } from './emit-context.ts';
import { emitDoc } from './emit-doc.ts';
import { emitInterface } from './emit-interface.ts';
import type { DefinitionModel, FileModel } from '../check/model.ts';

/** @param moduleOf The module specifier of another file's generated module. */
export function emitFile(
  file: FileModel,
  options: EmitOptions,
  form: Form,
  moduleOf: (file: FileModel) => string,
): string {
  const context = new EmitContext(file, options, form, moduleOf);
  const blocks = file.definitions.flatMap((definition) => emitDefinition(context, definition));
  const title = `Generated from ${basename(file.path)} by statecast tars2ts; do not edit.`;
  const head = emitDoc(file.doc.length === 0 ? [title] : [title, '', ...file.doc]);
  const imports = context.emitImports();
  // A file without an import or an export would be a script, not a module.
  const parts = [head, imports, ...(blocks.length === 0 ? [['export {};']] : blocks)];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function emitDefinition(context: EmitContext, definition: DefinitionModel): string[][] {
  switch (definition.kind) {
    case 'enum':
      return [emitEnum(context, definition)];
    case 'const':
      return [emitConst(context, definition)];
    case 'struct':
      return [emitStruct(context, definition)];
    case 'key':
      return [emitKey(context, definition)];
    case 'interface':
      return emitInterface(context, definition);
  }
}
