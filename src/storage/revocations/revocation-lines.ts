/** The lines of the file of revocations: each is a change, as JSON. The first one says what the file is. */

import type { Revocation, RevocationChange } from './revocation-store.ts';

export const HEAD_LINE = '{"statecast":"revocations","version":1}';

export function writeLine(change: RevocationChange): string {
  return JSON.stringify(change.type === 'add' ? change.revocation : { ...change.what, lifted: true });
}

/** Undefined for a line that this server has not written. */
export function readLine(line: string): RevocationChange | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { token, user, issuedBefore, until, lifted, ...rest } = Object(value) as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || !isTime(until) || !isTime(issuedBefore)) return undefined;
  if (typeof token === 'string' && user === undefined && issuedBefore === undefined) {
    if (lifted === true && until === undefined) return { type: 'lift', what: { token } };
    return lifted === undefined && until !== undefined ? toAdd({ token, until }) : undefined;
  }
  if (typeof user !== 'string' || token !== undefined) return undefined;
  if (lifted === true) return { type: 'lift', what: { user } };
  if (lifted !== undefined) return undefined;
  return toAdd({
    user,
    ...(issuedBefore !== undefined && { issuedBefore }),
    ...(until !== undefined && { until }),
  });
}

function toAdd(revocation: Revocation): RevocationChange {
  return { type: 'add', revocation };
}

function isTime(value: unknown): value is number | undefined {
  return value === undefined || Number.isSafeInteger(value);
}
