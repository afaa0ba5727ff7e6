/** Compiles .tars files to the texts of modules: TypeScript, or JavaScript with its declarations. */

import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { checkFile, type CheckedFile } from './check/check-file.ts';
import type { CheckOptions } from './check/check-context.ts';
import { isError, type Diagnostic } from './syntax/diagnostics.ts';
import type { EmitOptions, Form } from './emit/emit-context.ts';
import { emitFile } from './emit/emit-file.ts';
import { loadFiles, type LoadedFile, type LoadOptions } from './load-files.ts';
import { readObjects } from './read-objects.ts';

export interface CompileOptions extends LoadOptions, CheckOptions, Omit<EmitOptions, 'objects'> {
  /** JavaScript and declarations instead of TypeScript. Default false. */
  readonly js?: boolean;
  /** How imports of other generated TypeScript modules end. Default `.js`. */
  readonly extension?: '.js' | '.ts' | '';
  /** The objects that serve interfaces: `INTERFACE=NAME`, or `NAME` for the only interface. Default: none. */
  readonly objects?: readonly string[];
}

/** A generated module. */
export interface Output {
  /** The path below the output directory, with `/`. */
  readonly path: string;
  readonly text: string;
}

export interface Compiled {
  /** For each file, including included ones; none if there is an error. */
  readonly outputs: readonly Output[];
  readonly diagnostics: readonly Diagnostic[];
}

export async function compile(paths: readonly string[], options: CompileOptions): Promise<Compiled> {
  const { files, diagnostics: found } = await check(paths, options);
  const given = new Set(paths.map((path) => resolve(path)));
  const models = [...files].filter(([{ path }]) => given.has(path)).map(([, { model }]) => model);
  const { objects, problems } = readObjects(options.objects ?? [], models);
  const diagnostics = [...found, ...problems];
  if (diagnostics.some(isError)) return { outputs: [], diagnostics };
  const places = placeOutputs([...files.keys()]);
  const pathOf = new Map([...files].map(([file, { model }]) => [model, places.get(file)!]));
  const extension = options.js === true ? '.js' : (options.extension ?? '.js');
  const forms = options.js === true ? JAVASCRIPT : TYPESCRIPT;
  const outputs = [...pathOf].flatMap(([model, path]) =>
    forms.map(([form, ending]) => ({
      path: path + ending,
      text: emitFile(model, { ...options, objects }, form, (other) =>
        toSpecifier(path, pathOf.get(other)! + extension),
      ),
    })),
  );
  return { outputs, diagnostics };
}

/** The forms of each module, and how their files end. */
const TYPESCRIPT: readonly (readonly [Form, string])[] = [['typescript', '.ts']];
const JAVASCRIPT: readonly (readonly [Form, string])[] = [
  ['javascript', '.js'],
  ['declarations', '.d.ts'],
];

/** Reads and checks files and their includes. */
export async function check(
  paths: readonly string[],
  options: CheckOptions & LoadOptions,
): Promise<{ files: ReadonlyMap<LoadedFile, CheckedFile>; diagnostics: readonly Diagnostic[] }> {
  const diagnostics: Diagnostic[] = [];
  const loaded = await loadFiles(paths, options, (diagnostic) => diagnostics.push(diagnostic));
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
 * The output path of each module, without the ending: all in one directory, except that files with the same name keep their own
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
  return basename(path, extname(path));
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
