/**
 * Finds where a text stops being JSON. The messages of `JSON.parse` do not always tell, and they quote the text
 * around the place, which may be a secret.
 */

/** The first character, counted from 1, that no JSON text could have there; one past the end if the text ends too early. */
export function findJsonError(text: string): { line: number; column: number } {
  // Whether a text can still become JSON only ever turns from yes to no as it grows.
  let viable = 0;
  let broken = text.length + 1;
  while (broken - viable > 1) {
    const middle = Math.floor((viable + broken) / 2);
    if (couldBecomeJson(text.slice(0, middle))) viable = middle;
    else broken = middle;
  }
  const before = text.slice(0, viable).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

/** An error at the very end of a text means that something is missing there. */
function couldBecomeJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.startsWith('Unexpected end') : Number(position) >= text.length;
  }
}
