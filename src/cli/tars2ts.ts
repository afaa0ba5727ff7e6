/** The command `statecast tars2ts`: compiles .tars files and writes their modules, all of them or none. */

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { compile, type CompileOptions, type Output } from '../idl/compile.ts';
import { formatDiagnostics, isError } from '../idl/syntax/diagnostics.ts';
import type { LongMode } from '../idl/check/model.ts';

/** The module that generated code imports by default. */
const DEFAULT_RUNTIME = 'statecast/tars';

export interface Tars2tsOptions {
  /** The files to compile; what they include is compiled with them. */
  readonly files: readonly string[];
  /** The directory to write to; it is made when it is missing. */
  readonly out: string;
  /** Write proxies. With neither `client` nor `server`, both are written. Default false. */
  readonly client?: boolean;
  /** Write servants and their adapters. Default false. */
  readonly server?: boolean;
  /** The TypeScript type of a `long`. Default `number`. */
  readonly long?: LongMode;
  /** Names may start with `tars`. Default false. */
  readonly withTars?: boolean;
  /** The module that generated code imports. Default {@link DEFAULT_RUNTIME}. */
  readonly runtime?: string;
  /** Write JavaScript and declarations instead of TypeScript. Default false. */
  readonly js?: boolean;
  /** How imports of other generated TypeScript modules end. Default `.js`. */
  readonly ext?: '.js' | '.ts' | 'none';
  /** Directories to look for includes in, after that of the including file. Default: none. */
  readonly include?: readonly string[];
  /** The objects that serve interfaces: `INTERFACE=NAME`, or `NAME` for the only interface. Default: none. */
  readonly object?: readonly string[];
  /** Accept what older compilers let go, with a warning each. Default false. */
  readonly lenient?: boolean;
}

export interface Tars2tsResult {
  readonly exitCode: 0 | 1;
  /** Errors and warnings; empty if there are none. */
  readonly stderr: string;
  /** The files that were written. */
  readonly written: readonly string[];
}

export async function runTars2ts({ files, out, ...flags }: Tars2tsOptions): Promise<Tars2tsResult> {
  const { outputs, diagnostics } = await compile(files, toCompileOptions(flags));
  const told = diagnostics.length === 0 ? '' : formatDiagnostics(diagnostics);
  if (diagnostics.some(isError)) return { exitCode: 1, stderr: `${told}Nothing was written.\n`, written: [] };
  const foreign = await findForeign(outputs.map(({ path }) => join(out, path)));
  if (foreign !== undefined) {
    const stderr = `${told}error: ${foreign} is there already, and tars2ts did not write it: move it away\nNothing was written.\n`;
    return { exitCode: 1, stderr, written: [] };
  }
  try {
    return { exitCode: 0, stderr: told, written: await writeAll(out, outputs) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { exitCode: 1, stderr: `${told}error: cannot write to ${out}: ${reason}\n`, written: [] };
  }
}

function toCompileOptions(flags: Omit<Tars2tsOptions, 'files' | 'out'>): CompileOptions {
  const { client = false, server = false, long = 'number', withTars = false, ext = '.js' } = flags;
  const both = !client && !server;
  return {
    js: flags.js ?? false,
    extension: ext === 'none' ? '' : ext,
    includeDirs: flags.include ?? [],
    objects: flags.object ?? [],
    lenient: flags.lenient ?? false,
    client: client || both,
    server: server || both,
    long,
    withTars,
    runtime: flags.runtime ?? DEFAULT_RUNTIME,
  };
}

/** In the comment with which every generated module starts. */
const MARK = /\bby statecast tars2ts\b/;
const MARK_WITHIN = 1_000;

/** The first of the files that holds something else than a generated module. */
async function findForeign(places: readonly string[]): Promise<string | undefined> {
  for (const place of places) {
    // What cannot be read is told when it is written.
    const old = await readFile(place, 'utf8').catch(() => '');
    if (old !== '' && !MARK.test(old.slice(0, MARK_WITHIN).replaceAll(/[\s*]+/g, ' '))) return place;
  }
  return undefined;
}

/** All files are written to temporary names first, so that a full disk leaves the old files as they were. */
async function writeAll(out: string, outputs: readonly Output[]): Promise<string[]> {
  const moves = outputs.map(({ path, text }) => {
    const place = join(out, path);
    return { place, text, draft: `${place}.${process.pid}.tmp` };
  });
  try {
    for (const { place, draft, text } of moves) {
      await mkdir(dirname(place), { recursive: true });
      await writeFile(draft, text);
    }
    for (const { place, draft } of moves) await rename(draft, place);
  } catch (error) {
    await Promise.all(moves.map(({ draft }) => rm(draft, { force: true })));
    throw error;
  }
  return moves.map(({ place }) => place);
}
