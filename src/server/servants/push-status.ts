/** How the functions of `Statecast.Push` tell what came of a request. */

import { createRefusal, ERRORS, type Refusal } from '../../protocol/errors.ts';
import type { Status } from '../../tars/servants/statecast.ts';

export const DONE: Status = { code: 0, message: '' };

export function toStatus({ error, message, code = ERRORS[error].code }: Refusal): Status {
  return { code, message };
}

/** The status of an answer: that of its refusal, if there is one. */
export function refused(answer: object): Status {
  return 'refusal' in answer ? toStatus(answer.refusal as Refusal) : DONE;
}

/** Most rooms or members of one answer. */
export const MAX_LISTED = 20_000;

/** An answer with everything would take too much time and memory. */
export function tooMany(advice: string): Status {
  return toStatus(createRefusal('limitExceeded', `an answer has ${MAX_LISTED} at most: ${advice}`));
}
