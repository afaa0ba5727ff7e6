/** The names in generated code: those of the .tars file, changed only where they conflict with TypeScript. */

/** A set of names in which each name is taken only once. */
export class NameSet {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** Takes the first free candidate, else the last one with as many `_` as needed. */
  take(...candidates: readonly [string, ...string[]]): string {
    let name = candidates.find((candidate) => !this.#taken.has(candidate)) ?? candidates.at(-1)!;
    while (this.#taken.has(name)) name += '_';
    this.#taken.add(name);
    return name;
  }

  has(name: string): boolean {
    return this.#taken.has(name);
  }
}

/** A property that an object literal cannot set. */
export const RESERVED_PROPERTIES = ['__proto__'];

/** The property of a member in the table of its enum. */
export function toProperty(name: string): string {
  return RESERVED_PROPERTIES.includes(name) ? `${name}_` : name;
}

/** Methods that would make a proxy look like a promise, or break a class. */
export const RESERVED_METHODS = [...RESERVED_PROPERTIES, 'constructor', 'then'];

/** Names that a module must not define: keywords and types of TypeScript, and names that generated code uses. */
export const RESERVED_NAMES: readonly string[] = [
  ...words(`
    arguments as async await break case catch class const continue debugger default delete do else enum eval export
    extends false finally for function get if implements import in instanceof interface let new null of package
    private protected public return set static super switch this throw true try type typeof var void while with yield
  `),
  ...words(
    'any bigint boolean declare global module namespace never number object string symbol undefined unknown',
  ),
  ...words('Map Promise Uint8Array Infinity NaN globalThis'),
  ...words('caller options self servant value keyof readonly'),
];

export function upperFirst(name: string): string {
  return name.slice(0, 1).toUpperCase() + name.slice(1);
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
