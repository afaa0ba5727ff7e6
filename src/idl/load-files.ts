/** Reads .tars files and their includes, each once. Unreadable files and include cycles are reported. */

import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Diagnostic } from './syntax/diagnostics.ts';
import { parseFile } from './syntax/parse-file.ts';
import type { SourceFile } from './syntax/source-file.ts';
import type { FileSyntax, IncludeSyntax } from './syntax/syntax.ts';

export interface LoadedFile {
  readonly source: SourceFile;
  /** The absolute path, which identifies the file. */
  readonly path: string;
  readonly syntax: FileSyntax;
  /** Its includes, without those that cannot be used. */
  readonly includes: ReadonlyMap<IncludeSyntax, LoadedFile>;
}

export interface LoadOptions {
  /** Where includes are looked for after the directory of the including file. Default: nowhere else. */
  readonly includeDirs?: readonly string[];
  /** What older compilers let go is a warning instead of an error. Default false. */
  readonly lenient?: boolean;
}

/** Loads files. The result has each file once, and an included file before those that include it. */
export async function loadFiles(
  paths: readonly string[],
  { includeDirs = [], lenient = false }: LoadOptions,
  diagnose: (diagnostic: Diagnostic) => void,
): Promise<readonly LoadedFile[]> {
  const loaded = new Map<string, LoadedFile>();

  /** Returns the file, why it cannot be used, or undefined if there is none. */
  async function load(shown: string, trail: readonly string[]): Promise<LoadedFile | string | undefined> {
    const path = resolve(shown);
    if (trail.includes(path)) return tellCircle([...trail.slice(trail.indexOf(path)), path]);
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const text = await readText(path);
    if (typeof text !== 'string') return text?.problem;
    const source: SourceFile = { path: shown, text };
    const syntax = parseFile(
      text,
      (span, message) => diagnose({ file: source, span, message }),
      lenient ? (span, message) => diagnose({ file: source, span, message, severity: 'warning' }) : undefined,
    );
    const includes = new Map<IncludeSyntax, LoadedFile>();
    for (const item of syntax.items) {
      if (item.kind !== 'include') continue;
      const found = await loadInclude(item, shown, [...trail, path]);
      if (typeof found === 'string') diagnose({ file: source, span: item, message: found });
      else includes.set(item, found);
    }
    const file: LoadedFile = { source, path, syntax, includes };
    loaded.set(path, file);
    return file;
  }

  /** Looks beside the including file, in the given directories and then below the working directory. */
  async function loadInclude(
    include: IncludeSyntax,
    from: string,
    trail: readonly string[],
  ): Promise<LoadedFile | string> {
    const { path } = include;
    const places = isAbsolute(path)
      ? [path]
      : [...[dirname(from), ...includeDirs].map((dir) => join(dir, path)), path];
    for (const place of places) {
      const found = await load(place, trail);
      if (found !== undefined) return found;
    }
    const missing = `${MISSING}: there is no ${JSON.stringify(path)}`;
    if (isAbsolute(path)) return missing;
    const where = ['beside this file', ...includeDirs.map((dir) => `in ${dir}`)].join(', ');
    return `${missing} ${where}, or below the working directory`;
  }

  for (const path of paths) {
    const file = (await load(path, [])) ?? `${MISSING}: there is no such file`;
    if (typeof file === 'string') diagnose({ file: { path, text: '' }, message: file });
  }
  return [...loaded.values()];
}

const MISSING = 'cannot be read: ENOENT';

/** By the code of the operating system, whose own text shows an absolute path. */
const READ_PROBLEMS: Readonly<Record<string, string>> = {
  EISDIR: 'it is a directory',
  EACCES: 'permission is denied',
};

function tellCircle(paths: readonly string[]): string {
  const names = paths.map((path) => join(path).replace(/^.*[\\/]/, ''));
  if (names.length === 2) return 'the file includes itself';
  return `the files include each other in a circle: ${names.join(' → ')}`;
}

/** UTF-8, or GB 18030, which many .tars files have. Undefined if there is no file. */
async function readText(path: string): Promise<string | { problem: string } | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    return { problem: `cannot be read: ${READ_PROBLEMS[code] ?? code}` };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
