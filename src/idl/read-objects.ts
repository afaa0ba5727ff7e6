/** Reads which objects serve the interfaces of the compiled files: `App.Server.Obj`, or `INTERFACE=App.Server.Obj`. */

import { parseObject } from '../tars/client/endpoint.ts';
import type { FileModel } from './check/model.ts';
import type { Diagnostic } from './syntax/diagnostics.ts';

export interface ReadObjects {
  /** By `Module.Interface`. */
  readonly objects: ReadonlyMap<string, string>;
  readonly problems: readonly Diagnostic[];
}

/** @param models The files that are compiled by name; interfaces of included files have no objects. */
export function readObjects(given: readonly string[], models: readonly FileModel[]): ReadObjects {
  const interfaces = models
    .flatMap(({ definitions }) => definitions)
    .filter((definition) => definition.kind === 'interface')
    .map(({ module, name }) => ({ name, fullName: `${module}.${name}` }));
  const known = interfaces.map(({ fullName }) => fullName).join(', ') || 'none';
  const objects = new Map<string, string>();
  const problems: Diagnostic[] = [];

  for (const text of given) {
    const refuse = (message: string): void => {
      problems.push({ file: { path: `--object ${text}`, text: '' }, message });
    };
    const cut = text.indexOf('=');
    const [wanted, object] = cut === -1 ? [undefined, text] : [text.slice(0, cut), text.slice(cut + 1)];
    const parsed = parseObject(object);
    const found = interfaces.filter(
      ({ name, fullName }) => wanted === undefined || wanted === name || wanted === fullName,
    );
    if (!parsed.ok) refuse(parsed.problem);
    else if (parsed.endpoints.length > 0) refuse('an object is named without its endpoints here');
    else if (found.length !== 1) refuse(`INTERFACE=NAME should name one interface of the files: ${known}`);
    else if (objects.has(found[0]!.fullName)) refuse(`${found[0]!.fullName} has an object already`);
    else objects.set(found[0]!.fullName, parsed.name);
  }
  return { objects, problems };
}
