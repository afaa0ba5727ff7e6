/** Paths from the root of the settings to a value: how they are written, read and set. */

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

/** The value at a path, or `undefined` if the path does not exist. */
export function valueAt(value: unknown, path: Path): unknown {
  let inner = value;
  for (const key of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, key)) return undefined;
    inner = (inner as Record<PropertyKey, unknown>)[key];
  }
  return inner;
}

/** Sets the value at a path and adds missing sections. */
export function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  let section = target;
  for (const key of keys.slice(0, -1)) {
    section = (section[key] ??= {}) as Record<string, unknown>;
  }
  section[keys.at(-1) ?? ''] = value;
}

/** Whether a path equals `place` or starts with it. */
export function isWithin(path: Path, place: Path): boolean {
  return place.every((key, index) => path[index] === key);
}
