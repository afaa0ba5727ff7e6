/** Compiles .tars files to a temporary directory and loads the generated modules, as a user's project does. */

import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runTars2ts, type Tars2tsOptions } from '../../src/cli/tars2ts.ts';

/** The run-time that generated modules import here: the source itself. */
const RUNTIME = fileURLToPath(new URL('../../src/tars.ts', import.meta.url));

/** Compiles the platform's files, or other files. Throws with all errors. */
export async function generate(
  files: readonly string[],
  out: string,
  options: Partial<Tars2tsOptions> = {},
): Promise<readonly string[]> {
  const result = await runTars2ts({ files, out, withTars: true, runtime: RUNTIME, ext: '.ts', ...options });
  if (result.exitCode !== 0) throw new Error(result.stderr);
  return result.written;
}

/** Loads a generated module. */
export async function load<Module>(out: string, name: string): Promise<Module> {
  return (await import(pathToFileURL(join(out, name)).href)) as Module;
}
