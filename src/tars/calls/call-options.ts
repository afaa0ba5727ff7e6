/** Checks the options of a call before anything is sent: they come from code that may have no types. */

import { refuse } from '../wire/wire-errors.ts';
import type { CallOptions } from './caller.ts';

/** @throws {TarsEncodeError} for an option of the wrong type. `path` is its place, such as `context.trace`. */
export function checkOptions(options: CallOptions): void {
  const { deadlineMs, context, idempotent }: { readonly [Name in keyof CallOptions]: unknown } = options;
  const isDeadline = typeof deadlineMs === 'number' && !Number.isNaN(deadlineMs);
  if (!isDeadline && !isLeftOut(deadlineMs)) throw refuse('milliseconds', deadlineMs).within('deadlineMs');
  if (typeof idempotent !== 'boolean' && !isLeftOut(idempotent))
    throw refuse('true or false', idempotent).within('idempotent');
  if (!isLeftOut(context)) checkContext(context);
}

function isLeftOut(option: unknown): boolean {
  return option === undefined || option === null;
}

function checkContext(context: unknown): void {
  if (!(context instanceof Map)) throw refuse('a Map of texts', context).within('context');
  for (const [key, value] of context as ReadonlyMap<unknown, unknown>) {
    if (typeof key !== 'string') throw refuse('a text as each key', key).within('context');
    if (typeof value !== 'string') throw refuse('a text', value).within(`context.${key}`);
  }
}
