/** How the functions of `Statecast.Push` tell what came of a request. */

import { ERRORS, type Refusal } from '../../protocol/errors.ts';
import type { Status } from '../../tars/servants/statecast.ts';

export const DONE: Status = { code: 0, message: '' };

export function toStatus({ error, message, code = ERRORS[error].code }: Refusal): Status {
  return { code, message };
}

/** The status of an answer: that of its refusal, if there is one. */
export function refused(answer: object): Status {
  return 'refusal' in answer ? toStatus(answer.refusal as Refusal) : DONE;
}
