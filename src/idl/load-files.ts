/** Reads .tars files and their includes, each once. Unreadable files and include cycles are reported. */

import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
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

/** Loads files. The result has each file once, and an included file before those that include it. */
export async function loadFiles(
  paths: readonly string[],
  diagnose: (diagnostic: Diagnostic) => void,
): Promise<readonly LoadedFile[]> {
  const loaded = new Map<string, LoadedFile>();

  async function load(shown: string, trail: readonly string[]): Promise<LoadedFile | string> {
    const path = resolve(shown);
    if (trail.includes(path)) return tellCircle([...trail.slice(trail.indexOf(path)), path]);
    const known = loaded.get(path);
    if (known !== undefined) return known;
    const text = await readText(path);
    if (typeof text !== 'string') return text.problem;
    const source: SourceFile = { path: shown, text };
    const syntax = parseFile(text, (span, message) => diagnose({ file: source, span, message }));
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

  /** Looks beside the including file and then, like other TARS compilers, below the working directory. */
  async function loadInclude(
    include: IncludeSyntax,
    from: string,
    trail: readonly string[],
  ): Promise<LoadedFile | string> {
    const beside = await load(join(dirname(from), include.path), trail);
    if (typeof beside !== 'string' || !beside.startsWith(UNREADABLE)) return beside;
    const below = await load(include.path, trail);
    return typeof below === 'string' && below.startsWith(UNREADABLE) ? beside : below;
  }

  for (const path of paths) {
    const file = await load(path, []);
    if (typeof file === 'string') diagnose({ file: { path, text: '' }, message: file });
  }
  return [...loaded.values()];
}

const UNREADABLE = 'cannot be read';

function tellCircle(paths: readonly string[]): string {
  const names = paths.map((path) => join(path).replace(/^.*[\\/]/, ''));
  if (names.length === 2) return 'the file includes itself';
  return `the files include each other in a circle: ${names.join(' → ')}`;
}

/** UTF-8, or GB 18030, which many .tars files have. */
async function readText(path: string): Promise<string | { problem: string }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    return { problem: `${UNREADABLE}: ${error instanceof Error ? error.message : String(error)}` };
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('gb18030').decode(bytes);
  }
}
