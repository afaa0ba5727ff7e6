/** Finds what JSON cannot carry: `JSON.stringify` would leave it out, write `null` for it, or throw. */

/** A deeper value contains itself, or is too deep for most readers. */
const MAX_NESTING = 1_000;

/** Built-in objects whose content `JSON.stringify` does not write: it writes `{}` for most of them. */
const OPAQUE = new Set([
  'WeakMap',
  'WeakSet',
  'WeakRef',
  'Promise',
  'RegExp',
  'Error',
  'DOMException',
  'ArrayBuffer',
  'SharedArrayBuffer',
  'Blob',
  'File',
  'FormData',
  'Headers',
  'Request',
  'Response',
  'ReadableStream',
  'URLSearchParams',
]);

const BOXED = new Set(['Number', 'String', 'Boolean', 'BigInt', 'Symbol']);

/**
 * Says what in a value is no JSON, such as `undefined` or `NaN at .prices[2]`; undefined if all of it is. A property that
 * is `undefined` is allowed: it is left out. Objects such as `new Number(1)` count as what they hold.
 */
export function findNonJson(value: unknown): string | undefined {
  try {
    return findAt(value, '', 0);
  } catch {
    // Its `toJSON`, or a getter of it: `JSON.stringify` would throw the same.
    return 'a value that throws an error when it is read';
  }
}

function findAt(value: unknown, path: string, depth: number): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : at(String(value), path);
    case 'undefined':
      return at('undefined', path);
    case 'bigint':
    case 'symbol':
    case 'function':
      return at(`a ${typeof value}`, path);
    case 'object':
      return value === null ? undefined : findInObject(value, path, depth);
  }
}

function findInObject(value: object, path: string, depth: number): string | undefined {
  if (depth === MAX_NESTING) return 'a value that contains itself, or is nested too deep';
  // JSON has null for it.
  if (value instanceof Date && Number.isNaN(value.getTime())) return at('an invalid Date', path);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return findAt((value.toJSON as () => unknown)(), path, depth + 1);
  }
  if (value instanceof Map || value instanceof Set) return at(value instanceof Map ? 'a Map' : 'a Set', path);
  const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
  if (OPAQUE.has(kind) || ArrayBuffer.isView(value)) return at(`${article(kind)} ${kind}`, path);
  // `JSON.stringify` takes the value out of such an object.
  if (BOXED.has(kind)) return findAt(value.valueOf(), path, depth + 1);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findAt(item, `${path}[${index}]`, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  for (const [key, inner] of Object.entries(value)) {
    const found = inner === undefined ? undefined : findAt(inner, `${path}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function article(kind: string): string {
  return /^[AEI]/.test(kind) ? 'an' : 'a';
}

function at(what: string, path: string): string {
  return path === '' ? what : `${what} at ${path}`;
}
