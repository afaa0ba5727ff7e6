/** Makes texts of others safe to print: a terminal obeys control characters, and some characters turn a line around. */

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Writes each unsafe character as JSON does: `\n`, `\u001b`. */
export function toPlainText(text: string): string {
  return text.replaceAll(UNSAFE, escape);
}

/**
 * JSON without unsafe characters.
 * @param indent How many blanks a level has. Default: 0, and all is in one line.
 */
export function toPlainJson(value: unknown, indent = 0): string {
  // Line ends of a text are escaped already: those that are left are between the fields.
  return JSON.stringify(value, undefined, indent).split('\n').map(toPlainText).join('\n');
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
