/**
 * Makes texts of others safe to print. A terminal obeys control characters, a line break begins a line that looks like one of
 * ours, and some characters turn a line around.
 */

import { inspect } from 'node:util';

const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** How many causes of an error are shown, each within the one before. */
const MAX_CAUSES = 5;

/** Writes each unsafe character as JSON does: `\n`, `\u001b`. */
export function toPlainText(text: string): string {
  return text.replaceAll(UNSAFE, escape);
}

/** The same for a text whose line breaks and tabs are meant. */
export function toPlainLines(text: string): string {
  return text.replaceAll(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escape(character),
  );
}

/**
 * JSON without unsafe characters.
 * @param indent How many blanks a level has. Default: 0, and all is in one line.
 */
export function toPlainJson(value: unknown, indent = 0): string {
  // Line ends of a text are escaped already: those that are left are between the fields.
  return toPlainLines(JSON.stringify(value, undefined, indent));
}

/** What was thrown, with its stack and its causes. What an error says is one line, so that it cannot add to the stack. */
export function toPlainError(thrown: unknown): string {
  const parts: string[] = [];
  let next = thrown;
  while (next !== undefined && parts.length <= MAX_CAUSES) {
    parts.push(describe(next));
    next = next instanceof Error ? next.cause : undefined;
  }
  return parts.join('\ncaused by: ');
}

function describe(thrown: unknown): string {
  // The texts in it are in quotes, with their line breaks escaped.
  if (!(thrown instanceof Error))
    return typeof thrown === 'string' ? toPlainText(thrown) : toPlainLines(inspect(thrown));
  const { name, message, stack = '', cause: _cause, ...fields } = thrown;
  const more = Object.keys(fields).length === 0 ? '' : ` ${toPlainLines(inspect(fields))}`;
  return `${toPlainText(`${name}: ${message}`)}${listFrames(stack, message)}${more}`;
}

/** The lines of a stack behind the message, each after a line break. None, if the first line has another message. */
function listFrames(stack: string, message: string): string {
  const from = message === '' ? stack.indexOf('\n') : stack.indexOf(message);
  const frames = stack.slice(from + message.length);
  return from === -1 || stack.slice(0, from).includes('\n') || !frames.startsWith('\n')
    ? ''
    : toPlainLines(frames);
}

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  return SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
