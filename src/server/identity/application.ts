/** Gives what clients send to the server itself to the functions of the server's owner. */

import type { ApplicationPort } from '../../actors/room/ports.ts';
import type { CallVerdict, HandlerMember } from '../../actors/room/room-options.ts';
import { readCallVerdict } from '../../actors/room/verdicts.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { CallOutcome, Json } from '../../protocol/command.ts';
import { ERRORS } from '../../protocol/errors.ts';
import type { Clock } from '../../system/clock.ts';
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
  const { onCall, onSend, handlerMs, clock, events } = input;

  /** What the function throws is a rejection. */
  async function judge(call: ServerCall): Promise<CallVerdict | void> {
    return onCall?.(call);
  }

  async function ask(call: ServerCall): Promise<CallOutcome> {
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

  return {
    call: (method, data, member) => (onCall === undefined ? NO_SUCH_FUNCTION : ask({ method, data, member })),
    takesMessages: onSend !== undefined,
    take: (data, member) => void tell({ data, member }),
  };
}

function toOutcome(verdict: ReturnType<typeof readCallVerdict>): CallOutcome {
  if (verdict?.type === 'answer') return { type: 'result', result: verdict.data };
  if (verdict?.type !== 'refuse') return NO_SUCH_FUNCTION;
  const { error, message, code = ERRORS[error].code } = verdict.refusal;
  return { type: 'failed', code, message };
}
