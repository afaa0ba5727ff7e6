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

export type RuntimeName = (typeof VALUES)[number] | (typeof TYPES)[number];

export const RUNTIME_NAMES: readonly string[] = [...VALUES, ...TYPES];

/** A name as it is written in an import. */
export function toSpecifier(name: RuntimeName): string {
  return (TYPES as readonly string[]).includes(name) ? `type ${name}` : name;
}
