/** Storages of a browser, for tests. */

/** A storage of a browser. */
export function createStorage() {
  const kept = new Map<string, string>();
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
}

/** A storage in a browser whose settings forbid it. */
export function forbidden(): never {
  throw new Error('forbidden');
}
