/** Properties whose names come from outside: from a .tars file, from JSON, or from bytes. */

/** Sets a property of the object itself. A plain assignment to `__proto__` would change the prototype instead. */
export function setOwn<Value>(target: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

/** The property of a table itself, and not of its prototype. */
export function ownOf<Value>(
  table: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
