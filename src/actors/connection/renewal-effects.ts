/** How a connection asks the owner's backend whether what it has said still holds; when it does so is the chart's (connection.ts). */

import type { QuestionAsker, QuestionOutcome, RefreshResult } from '../backend/asking.ts';
import { send } from '../runtime/send.ts';
import type { ConnectionArgs, ConnectionContext, InRoom, SeatRenewed } from './connection-events.ts';
import { scheduleExpiry } from './credentials-effects.ts';
import { scheduleSeat } from './room-effects.ts';

/** A backend that does not answer is asked again after so long, in milliseconds. The client may stay meanwhile. */
const ASK_AGAIN_MS = 60_000;

/** Aborted when the connection ends. */
export function goneOf(context: ConnectionContext): AbortSignal {
  context.gone ??= new AbortController();
  return context.gone.signal;
}

export function toQuestionAsker({ context, self }: ConnectionArgs): QuestionAsker {
  return { member: context.member, facts: context.subscriber.facts, sender: self };
}

export function askRenewal(args: ConnectionArgs): void {
  const { context, self } = args;
  const asked = context.questions?.refresh?.ask(toQuestionAsker(args), undefined, goneOf(context));
  void asked?.then((outcome) => send(self, { type: 'renewal.answered', outcome }, 'library'));
}

export function applyRenewal(
  args: ConnectionArgs,
  { outcome }: { readonly outcome: QuestionOutcome<RefreshResult> },
): void {
  const { context } = args;
  if (outcome.type === 'result') {
    const { expiresAt, info } = outcome.result;
    context.identity = { ...context.identity, expiresAt };
    if (info !== undefined) {
      context.member = { ...context.member, info };
      context.subscriber.member = context.member;
    }
  } else {
    context.identity = { ...context.identity, expiresAt: context.clock.now() + ASK_AGAIN_MS };
  }
  scheduleExpiry(args);
}

export function askSeatRenewal(args: ConnectionArgs, { room }: InRoom): void {
  const { context, self } = args;
  const seat = context.seats.get(room);
  const question = context.questions?.subRefresh(room);
  if (seat === undefined || question === undefined) return;
  const asking = new AbortController();
  seat.asking = asking;
  void question
    .ask(toQuestionAsker(args), { room }, asking.signal)
    .then((outcome) => send(self, { type: 'seatRenewal.answered', room, asking, outcome }, 'library'));
}

export function applySeatRenewal(args: ConnectionArgs, { room, outcome }: SeatRenewed): void {
  const { context } = args;
  const seat = context.seats.get(room);
  if (seat === undefined) return;
  seat.asking = undefined;
  if (outcome.type === 'result') {
    const { expiresAt, info } = outcome.result;
    const grant = { ...seat.grant, expiresAt, ...(info !== undefined && { info }) };
    if (info !== undefined) context.rooms.noteGrant(room, context.member, grant);
    scheduleSeat(args, room, grant);
  } else {
    scheduleSeat(args, room, { ...seat.grant, expiresAt: context.clock.now() + ASK_AGAIN_MS });
  }
}

/** The membership goes on: the backend has said so, or does not answer at the moment. */
export function goesOn(outcome: QuestionOutcome<RefreshResult>): boolean {
  if (outcome.type === 'error') return outcome.refusal.temporary ?? outcome.refusal.error === 'internal';
  return outcome.type === 'failed' || (outcome.type === 'result' && !outcome.result.expired);
}
