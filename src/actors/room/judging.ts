/** How one message is judged: by the check of the room's messages, the owner's backend and the handler, in this order. */

import type { Json } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { refuseMessage } from '../../protocol/limits.ts';
import type { PublishAsked, PublishResult, Question, QuestionAsker } from '../backend/asking.ts';
import type { ActorSender } from '../runtime/sender.ts';
import type { Verdict } from './moderation.ts';
import type { Publisher } from './ports.ts';
import { toHandlerMember, type CheckedMessage } from './room-options.ts';
import type { RoomRecord } from './room-record.ts';
import { toCheckedVerdict, toVerdict } from './verdicts.ts';

const NOT_ASKED: PublishResult = {};
const ASKING_FAILED = createRefusal('internal', 'the message could not be decided on, try again later');

/**
 * What each of them makes of the message is told to the next one, and is published unless one decides otherwise. The
 * backend and the handler are asked about connections only.
 * @param self The moderation, which waits for the answers.
 */
export async function judgeMessage(
  { name: room, options }: RoomRecord,
  data: Json,
  publisher: Publisher,
  signal: AbortSignal,
  self: ActorSender,
): Promise<Verdict | undefined> {
  const { check, handlers, messageBytes } = options;
  const { member, data: memberData } = publisher;
  const checked: CheckedMessage = check === undefined ? { data } : await check(data);
  if ('refusal' in checked) return { type: 'refuse', refusal: checked.refusal };
  let judged = checked.data;
  let said = NOT_ASKED;
  if (member !== undefined && options.questions?.publish !== undefined) {
    const asker = { member, facts: publisher.facts, sender: self };
    const answer = await ask(options.questions.publish, asker, { room, data: judged }, messageBytes, signal);
    if ('type' in answer) return answer;
    said = answer;
  }
  if (said.data !== undefined) {
    const replaced: CheckedMessage = check === undefined ? { data: said.data } : await check(said.data);
    if ('refusal' in replaced) return { type: 'refuse', refusal: replaced.refusal };
    judged = replaced.data;
  }
  if (member !== undefined && handlers.onMessage !== undefined) {
    const message = { room, data: judged, member: toHandlerMember(member, memberData), signal };
    const verdict = toVerdict(await handlers.onMessage(message), messageBytes);
    if (verdict !== undefined && verdict.type !== 'change') return verdict;
    if (verdict !== undefined) judged = verdict.data;
  }
  const { skipHistory, tags, idempotencyKey } = said;
  const hasOptions = skipHistory === true || tags !== undefined || idempotencyKey !== undefined;
  const isAsSent = check === undefined && judged === data && !hasOptions;
  const verdict = isAsSent ? undefined : toCheckedVerdict(judged, messageBytes);
  if (verdict?.type === 'refuse') return verdict;
  if (!hasOptions) return verdict;
  // Keys of backends' answers and those of the server API are apart.
  const resultKey = idempotencyKey === undefined ? undefined : `answer:${idempotencyKey}`;
  return { type: 'publish', data: judged, options: { skipHistory, tags, idempotencyKey: resultKey } };
}

/** What the backend says of the message, or what becomes of it instead. */
async function ask(
  question: Question<PublishAsked, PublishResult>,
  asker: QuestionAsker,
  asked: PublishAsked,
  messageBytes: number,
  signal: AbortSignal,
): Promise<PublishResult | Verdict> {
  const outcome = await question.ask(asker, asked, signal);
  switch (outcome.type) {
    case 'result': {
      const { result } = outcome;
      const refusal = result.data === undefined ? undefined : refuseMessage(result.data, { messageBytes });
      return refusal === undefined ? result : { type: 'refuse', refusal };
    }
    case 'error':
      return { type: 'refuse', refusal: outcome.refusal };
    case 'disconnect': {
      const { close } = outcome;
      return { type: 'refuse', refusal: createRefusal('permissionDenied', close.reason || undefined), close };
    }
    case 'failed':
      return { type: 'refuse', refusal: ASKING_FAILED };
  }
}
