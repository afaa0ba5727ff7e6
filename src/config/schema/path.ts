/** Ways from the root of the settings to a value: writing, following and filling them. It knows no setting. */

/** Property names, and indexes of lists. */
export type Path = readonly PropertyKey[];

/** Writes a path: `limits.messageBytes`, `allowedOrigins[0]`, `rooms["chat.*"].capacity`; `(all)` for the root. */
export function formatPath(path: Path): string {
  let text = '';
  for (const key of path) {
    const name = String(key);
    if (typeof key === 'number') text += `[${name}]`;
    else if (!/^[A-Za-z_$][\w$]*$/.test(name)) text += `[${JSON.stringify(name)}]`;
    else text += text === '' ? name : `.${name}`;
  }
  return text === '' ? '(all)' : text;
}

/** The value at a path, or `undefined` where the way ends before. */
export function valueAt(value: unknown, path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<PropertyKey, unknown>)[key];
  }
  return inner;
}

/** Puts a value at a path, with the sections it needs on the way. */
export function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let section = target;
  for (const key of keys.slice(0, -1)) {
    section = (section[key] ??= {}) as Record<string, unknown>;
  }
  section[keys.at(-1) ?? ''] = value;
}

/** Tells whether a path goes to a place or through it. */
export function isWithin(path: Path, place: Path): boolean {
  return place.every((key, index) => path[index] === key);
}
