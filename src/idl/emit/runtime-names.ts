/** The names that generated modules import from `statecast/tars`. */

const VALUES = [
  'createProxy',
  'createServantAdapter',
  'method',
  'optional',
  'required',
  'struct',
  't',
] as const;

const TYPES = [
  'AdapterOptions',
  'CallOptions',
  'Caller',
  'Decoded',
  'Nothing',
  'ServantAdapter',
  'ServantCall',
] as const;

/** Names that few modules need: a definition may have them, and the import has another name then. */
const RARE_VALUES = ['connectTars', 'serveTars'] as const;
const RARE_TYPES = ['Connected', 'ConnectOptions', 'Method', 'ServedTars', 'TarsStruct'] as const;

export type RuntimeName =
  | (typeof VALUES)[number]
  | (typeof TYPES)[number]
  | (typeof RARE_VALUES)[number]
  | (typeof RARE_TYPES)[number];

/** Names that no definition of a module has. */
export const RUNTIME_NAMES: readonly string[] = [...VALUES, ...TYPES];

const ALL_TYPES: ReadonlySet<string> = new Set([...TYPES, ...RARE_TYPES]);

/** Whether a name is that of a type, which JavaScript cannot import. */
export function isTypeName(name: RuntimeName): boolean {
  return ALL_TYPES.has(name);
}

/** A name as it is written in an import. */
export function toSpecifier(name: RuntimeName, local: string): string {
  const kind = isTypeName(name) ? 'type ' : '';
  return local === name ? `${kind}${name}` : `${kind}${name} as ${local}`;
}
