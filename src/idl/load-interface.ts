/** Loads one interface of a .tars file, for servants that are configured without generated code. */

import { checkAll } from './compile.ts';
import { formatDiagnostics, type Diagnostic } from './syntax/diagnostics.ts';
import { loadFiles } from './load-files.ts';
import type { InterfaceModel } from './check/model.ts';

/** The file does not compile, or does not have the interface. The message is for the author of the settings. */
export class InterfaceError extends Error {
  override readonly name = 'InterfaceError';
  readonly code = 'TARS_INTERFACE';
}

/**
 * Loads `Module.Interface`, or `Interface` if only one module has an interface of that name.
 * @throws {InterfaceError}
 */
export async function loadInterface(path: string, name: string): Promise<InterfaceModel> {
  const diagnostics: Diagnostic[] = [];
  const files = await loadFiles([path], {}, (diagnostic) => diagnostics.push(diagnostic));
  const checked = checkAll(files, { withTars: true, long: 'bigint' }, diagnostics);
  if (diagnostics.length > 0) throw new InterfaceError(formatDiagnostics(diagnostics));
  const interfaces = [...checked.values()]
    .flatMap(({ model }) => model.definitions)
    .filter((definition) => definition.kind === 'interface');
  const [found, another] = interfaces.filter(
    (one) => one.name === name || `${one.module}.${one.name}` === name,
  );
  if (found !== undefined && another === undefined) return found;
  const known = interfaces.map((one) => `${one.module}.${one.name}`).join(', ') || 'none';
  throw new InterfaceError(`${path} has no one interface ${name}; it has: ${known}`);
}
