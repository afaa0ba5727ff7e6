/** How a room asks the broker and the presence, which answer at once or by a promise that has a deadline here. */

import type { Clock } from '../../../system/clock.ts';
import { settleInTime } from '../../../system/settle-in-time.ts';
import type { EventSink } from '../../../events/server-events.ts';
import { createRefusal, type Refusal } from '../../../protocol/errors.ts';

/** How long the broker and the presence may take, in milliseconds. */
const PART_DEADLINE_MS = 10_000;
const NO_ANSWER = `no answer within ${PART_DEADLINE_MS / 1000} seconds`;

/** Nothing when it is done; a promise that settles within the deadline when it takes time, or has failed. */
export function ask(clock: Clock, call: () => unknown): Promise<void> | undefined {
  try {
    const answer = call();
    return answer instanceof Promise ? inTime(clock, answer) : undefined;
  } catch (error) {
    return Promise.reject(error);
  }
}

/** An answer of a part that takes time; it rejects when it is late. */
function inTime<Value>(clock: Clock, answer: Promise<Value>): Promise<Value> {
  return settleInTime(clock, answer, PART_DEADLINE_MS, NO_ANSWER);
}

interface Reporter {
  readonly clock: Clock;
  readonly events: EventSink;
}

/** Asks for something that nobody waits for; a failure is told as `part.failed`. */
export function tellPart(
  { clock, events }: Reporter,
  part: 'broker' | 'presence',
  room: string,
  call: () => unknown,
): void {
  ask(clock, call)?.catch((error: unknown) => events.emit('part.failed', { part, room, error }));
}

const FAILED = createRefusal('internal');

type Asked<Result> = Result | { readonly refusal: Refusal };

/** Asks about a room. What fails or is late is told as `part.failed`, and whoever asks gets an error. */
export function queryPart<Value, Result>(
  { clock, events }: Reporter,
  part: 'broker' | 'presence',
  room: string,
  call: () => Value | Promise<Value>,
  toAnswer: (value: Value) => Asked<Result>,
): Asked<Result> | Promise<Asked<Result>> {
  const fail = (error: unknown): { readonly refusal: Refusal } => {
    events.emit('part.failed', { part, room, error });
    return { refusal: FAILED };
  };
  try {
    const value = call();
    return value instanceof Promise ? inTime(clock, value).then(toAnswer).catch(fail) : toAnswer(value);
  } catch (error) {
    return fail(error);
  }
}
