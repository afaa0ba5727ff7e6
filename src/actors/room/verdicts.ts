/** Checks what handlers return. JavaScript lets a handler return anything, and a text is an easy mistake. */

import { findNonJson } from '../../protocol/json/non-json.ts';
import type { CallOutcome, Json } from '../../protocol/command.ts';
import { createRefusal, ERRORS, type Refusal } from '../../protocol/errors.ts';
import { refuseMessage } from '../../protocol/limits.ts';
import type { Verdict } from './moderation.ts';
import type { PublishOutcome } from './ports.ts';
import type { CallVerdict, JoinRefusal, MessageVerdict } from './room-options.ts';

/**
 * What `onMessage` or `onBroadcast` has decided; a message that it made too long is refused.
 * @throws {TypeError} for a value that is no verdict.
 */
export function toVerdict(
  returned: unknown,
  messageBytes: number,
  handler: string = 'onMessage',
): Verdict | undefined {
  const verdict = readMessageVerdict(returned, handler);
  const refusal = verdict?.type === 'change' ? refuseMessage(verdict.data, { messageBytes }) : undefined;
  return refusal === undefined ? verdict : { type: 'refuse', refusal };
}

/**
 * Publishes what the check of a room has made of a message; what it made too long is refused.
 * @throws {TypeError} for what is no JSON value.
 */
export function toCheckedVerdict(data: Json, messageBytes: number): Verdict {
  const nonJson = findNonJson(data);
  if (nonJson !== undefined) {
    throw new TypeError(
      `the schema of the room's messages made what is no JSON value, but ${nonJson}: change it in onMessage`,
    );
  }
  const refusal = refuseMessage(data, { messageBytes });
  return refusal === undefined ? { type: 'change', data } : { type: 'refuse', refusal };
}

/**
 * What `onCall` has decided.
 * @throws {TypeError} for a value that is no verdict.
 */
export function readCallVerdict(returned: unknown): Verdict | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (isJoinRefusal(returned)) {
    return { type: 'refuse', refusal: toRefusal(returned) };
  }
  if (isCallAnswer(returned)) {
    const nonJson = findNonJson(returned.data);
    if (nonJson === undefined) return returned;
    throw new TypeError(`onCall returned answer(data), and data is no JSON value, but ${nonJson}`);
  }
  throw new TypeError(
    `onCall returned ${describe(returned)}: return refuse(reason) or answer(data), or nothing to let the call pass`,
  );
}

/** What a client is told. A code that is no error's is left out. */
export function toRefusal({ refused, code }: JoinRefusal): Refusal {
  const refusal = createRefusal('permissionDenied', refused);
  return code !== undefined && code >= 400 && code <= 1999 ? { ...refusal, code } : refusal;
}

function isCallAnswer(value: unknown): value is Extract<CallVerdict, { type: 'answer' }> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'answer' &&
    'data' in value
  );
}

/**
 * What `onMessage` has decided; undefined if the message passes.
 * @throws {TypeError} for a value that is no verdict.
 */
function readMessageVerdict(returned: unknown, handler: string): MessageVerdict | undefined {
  if (returned === undefined || returned === null) return undefined;
  if (isMessageVerdict(returned)) {
    const nonJson = returned.type === 'drop' ? undefined : findNonJson(returned.data);
    if (nonJson === undefined) return returned;
    throw new TypeError(
      `${handler} returned ${returned.type}(data), and data is no JSON value, but ${nonJson}`,
    );
  }
  throw new TypeError(
    `${handler} returned ${describe(returned)}: return change(data), drop(reason) or answer(data), or nothing to let the message pass`,
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

/** The outcome of a call that its handler has judged. */
export function toCallOutcome(outcome: PublishOutcome): CallOutcome {
  if (outcome.type === 'answered') return { type: 'result', result: outcome.data };
  if (outcome.type !== 'refused') throw new Error(`a call was judged as ${outcome.type}`);
  const { error, message, code = ERRORS[error].code } = outcome.refusal;
  return { type: 'failed', code, message };
}
