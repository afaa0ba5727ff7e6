/** Compiles .tars files to the texts of TypeScript modules. */

import { basename, dirname, extname, relative, sep } from 'node:path';
import { checkFile, type CheckedFile } from './check/check-file.ts';
import type { CheckOptions } from './check/check-context.ts';
import type { Diagnostic } from './syntax/diagnostics.ts';
import type { EmitOptions } from './emit/emit-context.ts';
import { emitFile } from './emit/emit-file.ts';
import { loadFiles, type LoadedFile } from './load-files.ts';

export interface CompileOptions extends CheckOptions, EmitOptions {}

/** A generated module. */
export interface Output {
  /** The path below the output directory, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Compiled {
  /** One for each file, including included ones; none if there is an error. */
  readonly outputs: readonly Output[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function compile(paths: readonly string[], options: CompileOptions): Promise<Compiled> {
  const { files, diagnostics } = await check(paths, options);
  if (diagnostics.length > 0) return { outputs: [], diagnostics };
  const places = placeOutputs([...files.keys()]);
  const pathOf = new Map([...files].map(([file, { model }]) => [model, places.get(file)!]));
  const outputs = [...pathOf].map(([model, path]) => ({
    path,
    text: emitFile(model, options, (other) => toSpecifier(path, pathOf.get(other)!)),
  }));
  return { outputs, diagnostics };
}

/** Reads and checks files and their includes. */
export async function check(
  paths: readonly string[],
  options: CheckOptions,
): Promise<{ files: ReadonlyMap<LoadedFile, CheckedFile>; diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const loaded = await loadFiles(paths, (diagnostic) => diagnostics.push(diagnostic));
  return { files: checkAll(loaded, options, diagnostics), diagnostics };
}

/** Included files come first in the list, so each file finds its includes. */
export function checkAll(
  files: readonly LoadedFile[],
  options: CheckOptions,
  diagnostics: Diagnostic[],
): ReadonlyMap<LoadedFile, CheckedFile> {
  const checked = new Map<LoadedFile, CheckedFile>();
  for (const file of files) {
    const { source, syntax, includes } = file;
    const result = checkFile(
      source,
      syntax,
      (include) => checked.get(includes.get(include)!),
      options,
      (span, message) => diagnostics.push({ file: source, span, message }),
    );
    checked.set(file, result);
  }
  return checked;
}

/**
 * The output path of each module: all in one directory, except that files with the same name keep their own
 * directories.
 */
function placeOutputs(files: readonly LoadedFile[]): ReadonlyMap<LoadedFile, string> {
  const root = findRoot(files.map(({ path }) => dirname(path)));
  const counts = new Map<string, number>();
  for (const { path } of files) {
    const name = nameOf(path).toLowerCase();
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map(
    files.map((file) => {
      const name = nameOf(file.path);
      const directory = relative(root, dirname(file.path)).split(sep).join('/');
      const alone = counts.get(name.toLowerCase()) === 1 || directory === '';
      return [file, alone ? name : `${directory}/${name}`];
    }),
  );
}

function nameOf(path: string): string {
  return `${basename(path, extname(path))}.ts`;
}

/** The deepest directory that contains all the given ones. */
function findRoot([first = '.', ...others]: readonly string[]): string {
  let root = first;
  while (others.some((other) => relative(root, other).startsWith('..'))) root = dirname(root);
  return root;
}

function toSpecifier(from: string, to: string): string {
  const path = relative(dirname(from), to).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
