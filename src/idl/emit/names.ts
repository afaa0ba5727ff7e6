/** The names that generated code uses: those of the .tars file, changed only where TypeScript would take them amiss. */

/** Hands out names, each once. */
export class NameSet {
  readonly #taken: Set<string>;

  constructor(taken: Iterable<string> = []) {
    this.#taken = new Set(taken);
  }

  /** The first candidate that is free, else the last one with as many `_` as it takes. */
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

/** A property that no object literal can set. */
export const RESERVED_PROPERTIES = ['__proto__'];

/** The property of an enum's table that holds a member. */
export function toProperty(name: string): string {
  return RESERVED_PROPERTIES.includes(name) ? `${name}_` : name;
}

/** Methods that would make a proxy a promise, or break a class. */
export const RESERVED_METHODS = [...RESERVED_PROPERTIES, 'constructor', 'then'];

/** What a module's own names must not hide or be: words of the language, its types, and what generated code uses. */
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
