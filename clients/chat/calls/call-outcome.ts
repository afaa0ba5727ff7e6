/** How a call ended, in words for the person who made it. */

import type { CallOutcome } from '../connection/room-client.ts';

/** Below this, tenths of a millisecond are told. */
const TENTHS_BELOW_MS = 10;

/** Why a call has no result, as a sentence; `undefined` when it has one. */
export function describeFailure(outcome: CallOutcome): string | undefined {
  switch (outcome.type) {
    case 'result':
      return undefined;
    case 'failed':
      return `Sorry, ${outcome.message} (code ${outcome.code}).`;
    case 'refused':
      return `Sorry, the server did not take the call: ${outcome.reason}.`;
    case 'unsent':
      return 'Not connected: the call was not sent.';
    case 'unanswered':
      return 'The connection ended before the answer came.';
  }
}

/** How long an answer took; `undefined` when none came. */
export function describeTime(outcome: CallOutcome, ms: number): string | undefined {
  if (outcome.type === 'unsent' || outcome.type === 'unanswered') return undefined;
  return `answered in ${ms.toFixed(ms < TENTHS_BELOW_MS ? 1 : 0)} ms`;
}
