/** Answers that many operations give. */

import { createRefusal, type Refusal } from '../protocol/errors.ts';

/** What was asked makes no sense. */
export function bad(message: string): Refusal {
  return createRefusal('badRequest', message);
}
