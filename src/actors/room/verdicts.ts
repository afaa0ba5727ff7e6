/** Checks what handlers return. JavaScript lets a handler return anything, and a text is an easy mistake. */

import { findNonJson } from '../../protocol/json/non-json.ts';
import type { JoinRefusal, MessageVerdict } from './room-options.ts';

/**
 * What `onMessage` has decided; undefined if the message passes.
 * @throws {TypeError} for a value that is no verdict.
 */
export function readMessageVerdict(returned: unknown): MessageVerdict | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (isMessageVerdict(returned)) {
    const nonJson = returned.type === 'drop' ? undefined : findNonJson(returned.data);
    if (nonJson === undefined) return returned;
    throw new TypeError(
      `onMessage returned ${returned.type}(data), and data is no JSON value, but ${nonJson}`,
    );
  }
  throw new TypeError(
    `onMessage returned ${describe(returned)}: return change(data), drop(reason) or answer(data), or nothing to let the message pass`,
  );
}

/**
 * What `onJoin` has decided; undefined if the join is let in.
 * @throws {TypeError} for a value that is no refusal.
 */
export function readJoinVerdict(returned: unknown): JoinRefusal | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (isJoinRefusal(returned)) return returned;
  throw new TypeError(
    `onJoin returned ${describe(returned)}: return refuse(reason) with a text, or nothing to let the member in`,
  );
}

function isMessageVerdict(value: unknown): value is MessageVerdict {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false;
  if (value.type === 'drop') return !('reason' in value) || isOptionalText(value.reason);
  return (value.type === 'change' || value.type === 'answer') && 'data' in value;
}

function isJoinRefusal(value: unknown): value is JoinRefusal {
  return typeof value === 'object' && value !== null && 'refused' in value && isOptionalText(value.refused);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

/** Without the content, which may be a message. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object that is none of these' : `a ${typeof value}`;
}
