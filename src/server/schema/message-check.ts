/** Makes the check of a room's messages of the schema that its owner has given. It knows no library of schemas. */

import type { CheckedMessage, MessageCheck } from '../../actors/room/room-options.ts';
import { formatPath } from '../../config/schema/path.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { SchemaIssue, SchemaResult, StandardSchema } from './standard-schema.ts';

/** How many of the issues a publisher is told, and how long that text may be, in characters. */
const MAX_ISSUES = 3;
const MAX_TEXT = 500;

/** A message that does not fit is refused as a bad request, with the path: `message.text: …`. */
export function createMessageCheck(schema: StandardSchema): MessageCheck {
  return (data) => {
    const result = schema['~standard'].validate(data);
    return result instanceof Promise ? result.then(toChecked) : toChecked(result);
  };
}

/** The value of a schema may be no JSON: the handler is given it, and must make JSON of it. */
function toChecked(result: SchemaResult<unknown>): CheckedMessage {
  if (result.issues === undefined) return { data: result.value as Json };
  const text = result.issues.slice(0, MAX_ISSUES).map(describeIssue).join('; ');
  return { refusal: createRefusal('badRequest', text === '' ? 'message: not allowed' : cut(text)) };
}

function describeIssue({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((part) => (typeof part === 'object' ? part.key : part));
  return `${formatPath(['message', ...keys])}: ${message}`;
}

function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT).toWellFormed()}…`;
}
