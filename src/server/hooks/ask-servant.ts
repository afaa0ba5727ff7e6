/** Asks a TARS servant (`tars/hooks.tars`), and gives its answer the form that a backend by HTTP gives it. */

import type { QuestionKind } from '../../actors/backend/asking.ts';
import type { Json } from '../../protocol/command.ts';
import {
  Decision,
  type Client,
  type HooksProxy,
  type Reason,
  type RefreshAnswer,
  type RoomAnswer,
} from '../../tars/servants/hooks.ts';
import { AnswerError, readJson } from './read-answer.ts';
import type { QuestionBody } from './question-body.ts';

export interface ServantQuestion {
  readonly kind: QuestionKind;
  readonly body: QuestionBody;
  readonly headers: Readonly<Record<string, string>>;
  readonly claimedHeaders: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** @returns As a backend answers by HTTP: `{ result }`, `{ error }` or `{ disconnect }`. */
export async function askServant(proxy: HooksProxy, question: ServantQuestion): Promise<unknown> {
  const { kind, body, deadlineMs } = question;
  const { channel = '', data } = body;
  const client = toClient(question);
  const options = { deadlineMs };
  switch (kind) {
    case 'connect': {
      const { name, version, channels } = body;
      const asked = {
        ...(name !== undefined && { name }),
        ...(version !== undefined && { version }),
        ...(data !== undefined && { dataJson: JSON.stringify(data) }),
        ...(channels !== undefined && { channels: [...channels] }),
      };
      const { ret, reason, answer } = await proxy.connect({ client, question: asked }, options);
      const subs = [...(answer.subs ?? [])].map(([room, inRoom]) => [room, toRoom(inRoom)] as const);
      return toAnswer(ret, reason, () => ({
        ...toRoom(answer),
        user: answer.user ?? '',
        channels: answer.channels ?? [],
        subs: Object.fromEntries(subs),
        meta: parse(answer.metaJson, 'metaJson'),
      }));
    }
    case 'refresh': {
      const { ret, reason, answer } = await proxy.refresh({ client }, options);
      return toAnswer(ret, reason, () => toRefresh(answer));
    }
    case 'subRefresh': {
      const { ret, reason, answer } = await proxy.subRefresh({ client, channel }, options);
      return toAnswer(ret, reason, () => toRefresh(answer));
    }
    case 'subscribe': {
      const { token = '' } = body;
      const asked = { client, channel, token, dataJson: write(data) };
      const { ret, reason, answer } = await proxy.subscribe(asked, options);
      return toAnswer(ret, reason, () => toRoom(answer));
    }
    case 'publish': {
      const asked = { client, channel, dataJson: write(data) };
      const { ret, reason, answer } = await proxy.publish(asked, options);
      const { dataJson, skipHistory, tags, idempotencyKey } = answer;
      return toAnswer(ret, reason, () => ({
        data: parse(dataJson, 'dataJson'),
        skip_history: skipHistory ?? false,
        ...(tags !== undefined && { tags: Object.fromEntries(tags) }),
        idempotency_key: idempotencyKey ?? '',
      }));
    }
    case 'rpc': {
      const { method = '' } = body;
      const { ret, reason, resultJson } = await proxy.rpc({ client, method, dataJson: write(data) }, options);
      return toAnswer(ret, reason, () => ({ data: parse(resultJson, 'resultJson') }));
    }
  }
}

function toClient({ body, headers, claimedHeaders }: ServantQuestion): Client {
  const { client: id, user, transport, protocol, meta } = body;
  return {
    id,
    ...(user !== undefined && { user }),
    transport,
    protocol,
    ...(meta !== undefined && { metaJson: JSON.stringify(meta) }),
    headers: new Map(Object.entries(headers)),
    claimedHeaders: new Map(Object.entries(claimedHeaders)),
  };
}

function toAnswer(decision: number, reason: Reason, readResult: () => object): object {
  const { code, message = '', temporary = false } = reason;
  switch (decision) {
    case Decision.allow:
      return { result: readResult() };
    case Decision.refuse:
      return { error: { code, message, temporary } };
    case Decision.close:
      return { disconnect: { code, reason: message } };
    default:
      throw new AnswerError(`the servant has decided ${decision}, which is no Decision`);
  }
}

function toRoom({ infoJson, dataJson, expireAt = 0 }: RoomAnswer): object {
  return { info: parse(infoJson, 'infoJson'), data: parse(dataJson, 'dataJson'), expire_at: expireAt };
}

function toRefresh({ expired = false, expireAt = 0, infoJson }: RefreshAnswer): object {
  return { expired, expire_at: expireAt, info: parse(infoJson, 'infoJson') };
}

function write(data: Json | undefined): string {
  return data === undefined ? '' : JSON.stringify(data);
}

function parse(text: string | undefined, field: string): unknown {
  return text === undefined || text === '' ? undefined : readJson(text, field);
}
