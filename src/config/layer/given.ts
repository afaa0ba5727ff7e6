/** Shows a given value in a problem without revealing a secret. */

import { holdsSecret } from '../schema/fields.ts';
import type { Path } from '../schema/path.ts';
import { findSchema, notesOf } from '../schema/schema-tree.ts';

export const SECRET_MASK = '(set)';
export const HIDDEN = '(not shown)';
const MAX_GIVEN_LENGTH = 60;

/**
 * Shows the value at a path. A text or an object is not shown in a place where it may hold a secret: in a section
 * with a secret, or for an unknown key in such a section.
 */
export function formatGiven(path: Path, value: unknown): string {
  const schema = findSchema(path);
  if (schema && notesOf(schema).secret) return SECRET_MASK;
  const place = schema ? path : path.slice(0, -1);
  const mayBeSecret = typeof value === 'string' || (typeof value === 'object' && value !== null);
  if (mayBeSecret && holdsSecret(place)) return HIDDEN;
  const text = toJson(value);
  return text.length > MAX_GIVEN_LENGTH ? `${text.slice(0, MAX_GIVEN_LENGTH - 1)}…` : text;
}

/** A caller of the library may give values that JSON does not have: NaN, a function, an object that contains itself. */
function toJson(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}
