/** Finds one interface in a .tars file, for servants that only settings name. */

import { checkAll } from './compile.ts';
import { formatDiagnostics, type Diagnostic } from './syntax/diagnostics.ts';
import { loadFiles } from './load-files.ts';
import type { InterfaceModel } from './check/model.ts';

/** The file cannot be used: it does not compile, or lacks the interface. The message is for whoever wrote the settings. */
export class InterfaceError extends Error {
  override readonly name = 'InterfaceError';
  readonly code = 'TARS_INTERFACE';
}

/**
 * Reads `Module.Interface`, or `Interface` where no other module has one of that name.
 * @throws {InterfaceError}
 */
export async function loadInterface(path: string, name: string): Promise<InterfaceModel> {
  const diagnostics: Diagnostic[] = [];
  const files = await loadFiles([path], (diagnostic) => diagnostics.push(diagnostic));
  const checked = checkAll(files, { withTars: true, long: 'number' }, diagnostics);
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
