/** Says in a word or two what a value is that is not plain data, without looking into it. */

/** What is shown of a value; `undefined` for plain data: texts, numbers, arrays and objects of those. */
export function describeValue(value: unknown): string | undefined {
  if (typeof value === 'function') return 'function';
  if (typeof value === 'symbol') return 'symbol';
  if (typeof value !== 'object' || value === null || Array.isArray(value) || isPlain(value)) return undefined;
  if (value instanceof Map) return `Map(${value.size})`;
  if (value instanceof Set) return `Set(${value.size})`;
  const name = nameOfClass(value);
  const actor = idOfActor(value);
  return actor === undefined ? name : `${name} ${actor}`;
}

/** Whether an object is one that `{…}` or `JSON.parse` makes, of this realm or of another. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOfClass(value: object): string {
  const { constructor } = value;
  const name: unknown = typeof constructor === 'function' ? constructor.name : undefined;
  return typeof name === 'string' && name !== '' ? name.slice(0, MAX_NAME_LENGTH) : 'object';
}

function idOfActor(value: object): string | undefined {
  const { id, getSnapshot } = value as { id?: unknown; getSnapshot?: unknown };
  return typeof id === 'string' && typeof getSnapshot === 'function'
    ? id.slice(0, MAX_NAME_LENGTH)
    : undefined;
}

const MAX_NAME_LENGTH = 80;
