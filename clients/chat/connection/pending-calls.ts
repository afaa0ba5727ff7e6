/** Calls of servants (remote services) that wait for their answers, and the frames that answer them. */

import { REFUSAL_PREFIX } from './line-commands.ts';
import type { CallArguments, CallOutcome } from './room-client.ts';

export interface PendingCalls {
  /** Adds a call that was sent; the promise is settled by its answer, and never rejects. */
  add(method: string): Promise<CallOutcome>;
  /** Reads one frame that answers no other command; `false` when it answers no call either. */
  read(frame: string): boolean;
  /** The connection ended: all calls are settled as unanswered. */
  drain(): void;
}

/**
 * An answer names its method and has no id, and answers come in any order. So an answer belongs to the oldest call
 * of its method. An error line that answers no other command belongs to the oldest call of all.
 */
export function createPendingCalls(): PendingCalls {
  const pending: { readonly method: string; readonly settle: (outcome: CallOutcome) => void }[] = [];

  return {
    add: (method) => new Promise((settle) => void pending.push({ method, settle })),

    read(frame) {
      if (frame.startsWith(REFUSAL_PREFIX)) {
        return settle(0, { type: 'refused', reason: frame.slice(REFUSAL_PREFIX.length) });
      }
      const answer = parseAnswer(frame);
      if (answer === undefined) return false;
      return settle(
        pending.findIndex(({ method }) => method === answer.method),
        answer.outcome,
      );
    },

    drain() {
      for (const { settle } of pending.splice(0)) settle({ type: 'unanswered' });
    },
  };

  function settle(index: number, outcome: CallOutcome): boolean {
    const [call] = index < 0 ? [] : pending.splice(index, 1);
    call?.settle(outcome);
    return call !== undefined;
  }
}

const CALL_PREFIX = 'rpc|';

/** Writes a call as one frame. */
export function encodeCall(room: string, method: string, args: CallArguments): string {
  return CALL_PREFIX + JSON.stringify({ roomNum: room, method, args });
}

/** A member may send any text to its room: a frame that is no valid answer is treated as a message. */
function parseAnswer(frame: string): { method: string; outcome: CallOutcome } | undefined {
  if (!frame.startsWith(CALL_PREFIX)) return undefined;
  let answer: Record<string, unknown>;
  try {
    answer = Object(JSON.parse(frame.slice(CALL_PREFIX.length)));
  } catch {
    return undefined;
  }
  const { method, result, error } = answer;
  if (typeof method !== 'string') return undefined;
  if (result !== undefined) return { method, outcome: { type: 'result', result } };
  const { code, message } = Object(error) as Record<string, unknown>;
  if (typeof code !== 'number' || typeof message !== 'string') return undefined;
  return { method, outcome: { type: 'failed', code, message } };
}
