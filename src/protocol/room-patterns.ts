/** Patterns of room names, as settings and keys have them: a name, or a prefix that ends in `*`. */

/**
 * Finds what belongs to a room's name: a pattern is an exact name, or a prefix ending in `*`; the longest
 * one that matches wins, and an exact name wins over a prefix of the same length.
 */
export function createPatternTable<Value>(
  patterns: Readonly<Record<string, Value>>,
): (room: string) => Value | undefined {
  const exact = new Map<string, Value>();
  const prefixes: { prefix: string; value: Value }[] = [];
  for (const [pattern, value] of Object.entries(patterns)) {
    if (pattern.endsWith('*')) prefixes.push({ prefix: pattern.slice(0, -1), value });
    else exact.set(pattern, value);
  }
  prefixes.sort((a, b) => b.prefix.length - a.prefix.length);
  return (room) => exact.get(room) ?? prefixes.find(({ prefix }) => room.startsWith(prefix))?.value;
}

/** Whether the name of a room fits one of these patterns. */
export function createPatternCheck(patterns: readonly string[]): (room: string) => boolean {
  const find = createPatternTable(Object.fromEntries(patterns.map((pattern) => [pattern, true])));
  return (room) => find(room) === true;
}
