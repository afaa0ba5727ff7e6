/** Text of others, in which nothing turns the order of the words around it: such characters are written as `\u202e`. */

/** Control characters, but tabs and line breaks, and what sets the direction of the text behind it. */
// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g;

export function escapeControls(text: string): string {
  return text.replaceAll(CONTROLS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
