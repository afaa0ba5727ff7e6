/** The context that the checks of one module share, with the checks of names and the lookup of types. */

import type { Report } from '../syntax/diagnostics.ts';
import type { FileModel, LongMode, Type } from './model.ts';
import type { Named, Scope } from './scope.ts';
import { findLine } from '../syntax/source-file.ts';
import type { SourceFile } from '../syntax/source-file.ts';
import type { Name, Path, TypeSyntax } from '../syntax/syntax.ts';

export interface CheckOptions {
  readonly long: LongMode;
  /** Names may start with `tars`, as in the platform's own files. */
  readonly withTars: boolean;
}

export interface CheckContext {
  readonly options: CheckOptions;
  readonly source: SourceFile;
  readonly file: FileModel;
  /** The name of the module that is being checked. */
  readonly module: string;
  readonly scope: Scope;
  /** No part of this file or an included one was skipped as wrong. If one was, a missing name may have been in it. */
  readonly complete: boolean;
  /** All types of the file by `M::T`: a type that is not in the scope yet is defined further down. */
  readonly later: ReadonlyMap<string, Name>;
  readonly report: Report;
}

/** Checks a name that is defined here. */
export function checkName({ options, report }: CheckContext, name: Name): void {
  if (!options.withTars && name.text.startsWith('tars')) {
    report(
      name,
      `'${name.text}' starts with 'tars', which the platform keeps for itself (--with-tars allows it)`,
    );
  }
}

/** Checks that the names in a list differ. */
export function checkDistinct(
  context: CheckContext,
  named: readonly { readonly name: Name }[],
  what: string,
): void {
  const seen = new Map<string, Name>();
  for (const { name } of named) {
    const first = seen.get(name.text);
    if (first === undefined) seen.set(name.text, name);
    else
      context.report(name, `${what} '${name.text}' is there twice: first on line ${lineOf(context, first)}`);
  }
}

function lineOf({ source }: CheckContext, { start }: { start: number }): number {
  return findLine(source, start);
}

/** Adds a definition to the scope, or reports that its name is taken. */
export function declare(context: CheckContext, definition: Named): void {
  const other = context.scope.add(definition);
  if (other !== undefined) context.report(definition.span, describeTwin(context, definition, other));
}

function describeTwin(context: CheckContext, { module, name }: Named, other: Named): string {
  const place =
    other.file === context.file ? `on line ${lineOf(context, other.span)}` : `in ${other.file.path}`;
  return `'${module}::${name}' is already defined, as ${other.kind} ${place}`;
}

/** Resolves a written type; undefined if it is wrong, which has been reported. */
export function resolveType(context: CheckContext, type: TypeSyntax): Type | undefined {
  switch (type.kind) {
    case 'base':
      return { kind: 'base', base: type.base };
    case 'vector': {
      if (type.item.kind === 'base' && type.item.base === 'byte') return { kind: 'bytes' };
      const item = resolveType(context, type.item);
      return item && { kind: 'vector', item };
    }
    case 'map': {
      const key = resolveType(context, type.key);
      const value = resolveType(context, type.value);
      return key && value && { kind: 'map', key, value };
    }
    case 'named':
      return resolvePath(context, type.path);
  }
}

export function resolvePath(context: CheckContext, path: Path): Type | undefined {
  const found = context.scope.findType(path.text, context.module);
  if (found?.kind === 'struct') return { kind: 'struct', struct: found };
  if (found?.kind === 'enum') return { kind: 'enum', enum: found };
  const later = context.later.get(path.names.length === 1 ? `${context.module}::${path.text}` : path.text);
  if (later !== undefined) {
    const line = lineOf(context, later);
    context.report(
      path,
      `type '${path.text}' is not defined before line ${line}: a type is defined above its use`,
    );
  } else if (context.complete) {
    const other = context.scope.findElsewhere(path.names.at(-1)!.text);
    const hint = other === undefined ? '' : `: there is ${other.module}::${other.name}`;
    context.report(path, `type '${path.text}' is not defined${hint}`);
  }
  return undefined;
}
