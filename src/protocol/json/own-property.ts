/** Properties whose names come from outside: from a .tars file, from JSON, or from bytes. */

/** Sets a property of the object itself. A plain assignment to `__proto__` would change the prototype instead. */
export function setOwn<Value>(target: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[name] = value;
  }
}

/** A property of the object itself. What every object has, such as `constructor`, is not found. */
export function getOwn<Value>(
  source: Readonly<Record<string, Value>> | undefined,
  name: string,
): Value | undefined {
  return source !== undefined && Object.hasOwn(source, name) ? source[name] : undefined;
}
