/** Gives what clients send to the server itself to the functions of the server's owner. */

import type { QuestionAsker } from '../../actors/backend/asking.ts';
import type { ApplicationPort, ServerCallOutcome } from '../../actors/room/ports.ts';
import type { CallVerdict, HandlerMember } from '../../actors/room/room-options.ts';
import { readCallVerdict } from '../../actors/room/verdicts.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { CallOutcome, Json } from '../../protocol/command.ts';
import { ERRORS, type Refusal } from '../../protocol/errors.ts';
import type { Clock } from '../../system/clock.ts';
import type { Hooks } from '../hooks/create-hooks.ts';
import { settleInTime } from '../../system/settle-in-time.ts';

/** What is told of a call. */
interface ServerCall {
  readonly method: string;
  readonly data: Json;
  readonly member: HandlerMember;
}

export interface ApplicationInput {
  readonly onCall: ((call: ServerCall) => CallVerdict | void | Promise<CallVerdict | void>) | undefined;
  readonly onSend:
    | ((message: { readonly data: Json; readonly member: HandlerMember }) => void | Promise<void>)
    | undefined;
  /** Finds the question to the owner's backend that answers a method, if there is one. */
  readonly questionOf: Hooks['rpc'];
  /** Deadline of a call, in milliseconds. */
  readonly handlerMs: number;
  readonly clock: Clock;
  readonly events: EventSink;
}

const NO_SUCH_FUNCTION: CallOutcome = {
  type: 'failed',
  code: ERRORS.notAvailable.code,
  message: ERRORS.notAvailable.message,
};
const FAILED: CallOutcome = {
  type: 'failed',
  code: ERRORS.internal.code,
  message: ERRORS.internal.message,
};

export function createApplication(input: ApplicationInput): ApplicationPort {
  const { onCall, onSend, questionOf, handlerMs, clock, events } = input;

  /** What the function throws is a rejection. */
  async function judge(call: ServerCall): Promise<CallVerdict | void> {
    return onCall?.(call);
  }

  /** Undefined: the function has nothing to say of this method. */
  async function ask(call: ServerCall): Promise<CallOutcome | undefined> {
    try {
      const verdict = await settleInTime(clock, judge(call), handlerMs, 'onCall has outlived its deadline');
      return toOutcome(readCallVerdict(verdict));
    } catch (error) {
      events.emit('handler.failed', { handler: 'onCall', error });
      return FAILED;
    }
  }

  async function tell(message: { readonly data: Json; readonly member: HandlerMember }): Promise<void> {
    try {
      await onSend?.(message);
    } catch (error) {
      events.emit('handler.failed', { handler: 'onSend', error });
    }
  }

  /** The owner's function answers first, and then the owner's backend. */
  async function answer(
    call: ServerCall,
    question: ReturnType<Hooks['rpc']>,
    asker: QuestionAsker,
    gone: () => AbortSignal,
  ): Promise<ServerCallOutcome> {
    const answered = onCall === undefined ? undefined : await ask(call);
    if (answered !== undefined) return answered;
    const { method, data } = call;
    const outcome = await question?.ask(asker, { method, data }, gone());
    switch (outcome?.type) {
      case undefined:
        return NO_SUCH_FUNCTION;
      case 'result':
        return { type: 'result', result: outcome.result.data };
      case 'error':
        return toFailed(outcome.refusal);
      case 'disconnect':
        return { type: 'closed', close: outcome.close };
      case 'failed':
        return FAILED;
    }
  }

  return {
    call(method, data, member, asker, gone) {
      const question = questionOf(method);
      if (onCall === undefined && question === undefined) return NO_SUCH_FUNCTION;
      return answer({ method, data, member }, question, asker, gone);
    },
    takesMessages: onSend !== undefined,
    take: (data, member) => void tell({ data, member }),
  };
}

function toOutcome(verdict: ReturnType<typeof readCallVerdict>): CallOutcome | undefined {
  if (verdict?.type === 'answer') return { type: 'result', result: verdict.data };
  return verdict?.type === 'refuse' ? toFailed(verdict.refusal) : undefined;
}

function toFailed({ error, message, code = ERRORS[error].code, temporary }: Refusal): CallOutcome {
  return temporary === undefined
    ? { type: 'failed', code, message }
    : { type: 'failed', code, message, temporary };
}
