/** Answers that many operations give. */

import type { Answer } from '../actors/room/ports.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import type { Found } from './operations.ts';

/** Whether an order has found what it is about. */
export function toFound(done: boolean | Promise<boolean>): Answer<Found> {
  return done instanceof Promise ? done.then((found) => ({ found })) : { found: done };
}

/** What was asked makes no sense. */
export function bad(message: string): Refusal {
  return createRefusal('badRequest', message);
}
