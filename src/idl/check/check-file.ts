/** Checks a parsed .tars file from top to bottom: a name must be defined above its use, or in an included file. */

import { checkName, type CheckContext, type CheckOptions } from './check-context.ts';
import { checkConst, checkEnum, checkKey, checkStruct } from './check-definitions.ts';
import { checkInterface } from './check-interface.ts';
import type { Report } from '../syntax/diagnostics.ts';
import type { DefinitionModel, FileModel } from './model.ts';
import { Scope } from './scope.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import type { DefinitionSyntax, FileSyntax, IncludeSyntax, ModuleSyntax, Name } from '../syntax/syntax.ts';

export interface CheckedFile {
  readonly model: FileModel;
  /** The names that a file which includes this one can use. */
  readonly scope: Scope;
  /** No part of it or of its includes was skipped as wrong, so a name that is not in the scope does not exist. */
  readonly complete: boolean;
}

/** Checks a file. `includeOf` returns an included file; undefined if it cannot be used, which has been reported. */
export function checkFile(
  source: SourceFile,
  syntax: FileSyntax,
  includeOf: (include: IncludeSyntax) => CheckedFile | undefined,
  options: CheckOptions,
  report: Report,
): CheckedFile {
  const modules = syntax.items.filter((item): item is ModuleSyntax => item.kind === 'module');
  const model: FileModel = {
    path: source.path,
    doc: modules.flatMap(({ doc }, index) => (index === 0 || doc.length === 0 ? doc : ['', ...doc])),
    definitions: [],
  };
  const scope = new Scope();
  const later = new Map(modules.flatMap(listTypes));
  let complete = syntax.complete && modules.every((module) => module.complete);
  for (const item of syntax.items) {
    if (item.kind === 'include') {
      const included = includeOf(item);
      complete &&= included?.complete ?? false;
      if (included !== undefined) addInclude(scope, item, included, report);
    } else {
      const module = item.name.text;
      checkModule({ options, source, file: model, module, scope, complete, later, report }, item);
    }
  }
  return { model, scope, complete };
}

function addInclude(scope: Scope, include: IncludeSyntax, included: CheckedFile, report: Report): void {
  for (const [present, added] of scope.addAll(included.scope)) {
    const name = `'${added.module}::${added.name}'`;
    report(include, `${name} is defined in ${present.file.path} and in ${added.file.path}`);
  }
}

function checkModule(context: CheckContext, { name, definitions }: ModuleSyntax): void {
  checkName(context, name);
  for (const definition of definitions) {
    const checked = checkDefinition(context, definition);
    if (checked !== undefined) context.file.definitions.push(checked);
  }
}

function checkDefinition(context: CheckContext, definition: DefinitionSyntax): DefinitionModel | undefined {
  switch (definition.kind) {
    case 'enum':
      return checkEnum(context, definition);
    case 'const':
      return checkConst(context, definition);
    case 'struct':
      return checkStruct(context, definition);
    case 'key':
      return checkKey(context, definition);
    case 'interface':
      return checkInterface(context, definition);
  }
}

/** The types of a module by `M::T`. */
function listTypes({ name: module, definitions }: ModuleSyntax): [string, Name][] {
  return definitions.flatMap((definition): [string, Name][] => {
    if (definition.kind !== 'struct' && definition.kind !== 'enum') return [];
    return [[`${module.text}::${definition.name.text}`, definition.name]];
  });
}
