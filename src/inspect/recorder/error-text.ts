/** An error in one line, as it is kept and shown. */

/** The longest text, in characters. */
const MAX_LENGTH = 300;

/** The name and the first line of the message; whatever else was thrown as a text, if it can be one. */
export function toErrorText(error: unknown): string {
  const [line = ''] = describe(error).trim().split('\n', 1);
  return line.length <= MAX_LENGTH ? line : `${line.slice(0, MAX_LENGTH - 1)}…`;
}

function describe(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
