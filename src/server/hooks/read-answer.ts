/** Reads what a backend has answered. An answer that is not understood is an error of the backend: nothing is guessed. */

import * as z from 'zod';
import type {
  BackendAnswer,
  PublishResult,
  RefreshResult,
  SubscribeResult,
} from '../../actors/backend/asking.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal, ERRORS, type ErrorName, type Refusal } from '../../protocol/errors.ts';
import { MAX_USER_LENGTH } from '../../protocol/limits.ts';
import { findNonJson } from '../../protocol/json/non-json.ts';

/** The answer of a backend cannot be used. The message has nothing of its values. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** Who a client is, by the answer to `connect`. */
export interface ConnectResult extends SubscribeResult {
  /** Tells it from what a token says. */
  readonly isOfBackend: true;
  readonly user: string;
  readonly rooms: Readonly<Record<string, SubscribeResult & { readonly isAskedAgain?: boolean }>>;
  readonly meta?: Json | undefined;
}

/** As the backend says it, with the key that is not looked at here. */
export interface PublishSaid extends PublishResult {
  readonly idempotencyKey: string | undefined;
}

export interface RpcResult {
  readonly data: Json;
}

/** The end of the year 9999, in seconds. A time in milliseconds is beyond it. */
const MAX_SECONDS = 253_402_300_799;

const json = z
  .unknown()
  .refine((value) => findNonJson(value) === undefined, 'cannot be sent')
  .transform((value) => (value === null ? undefined : value) as Json | undefined)
  .optional();
const base64 = z.string().optional();
/** Seconds since 1970; 0 is never. As milliseconds. */
const expireAt = z
  .number()
  .min(0)
  .max(MAX_SECONDS)
  .transform((seconds) => (seconds === 0 ? undefined : Math.round(seconds * 1000)))
  .optional();
const text = z.string().refine((value) => value.isWellFormed(), 'is not well-formed Unicode');
const roomName = text.min(1);

const roomSaid = z.object({ info: json, b64info: base64, data: json, b64data: base64, expire_at: expireAt });

const connectSaid = z.object({
  ...roomSaid.shape,
  user: text.max(MAX_USER_LENGTH).default(''),
  channels: z.array(roomName).default([]),
  subs: z.record(roomName, roomSaid).default({}),
  meta: json,
});
const refreshSaid = z.object({
  expired: z.boolean().default(false),
  expire_at: expireAt,
  info: json,
  b64info: base64,
});
const publishSaid = z.object({
  data: json,
  b64data: base64,
  skip_history: z.boolean().default(false),
  tags: z.record(text, text).optional(),
  idempotency_key: z.string().max(1_024).optional(),
});
const rpcSaid = z.object({ data: json, b64data: base64 });

const envelope = z.object({
  result: z.record(z.string(), z.unknown()).nullish(),
  error: z
    .object({
      code: z.int().min(100).max(1999),
      message: z.string().default(''),
      temporary: z.boolean().default(false),
    })
    .nullish(),
  disconnect: z.object({ code: z.int().min(3000).max(4999), reason: z.string().default('') }).nullish(),
});

/** How the results of each kind are read. */
export const RESULT_READERS = {
  connect: (result: unknown): ConnectResult => {
    const said = parse(connectSaid, result, 'result');
    const rooms = [
      ...said.channels.map((room) => [room, {}] as const),
      ...Object.entries(said.subs).map(
        ([room, inRoom]) => [room, { ...toRoom(inRoom), isAskedAgain: true }] as const,
      ),
    ];
    return {
      isOfBackend: true,
      user: said.user,
      ...toRoom(said),
      rooms: Object.fromEntries(rooms),
      meta: said.meta,
    };
  },
  refresh: readRefresh,
  subRefresh: readRefresh,
  subscribe: (result: unknown): SubscribeResult => toRoom(parse(roomSaid, result, 'result')),
  publish: (result: unknown): PublishSaid => {
    const {
      data,
      b64data,
      skip_history: skipHistory,
      tags,
      idempotency_key: key,
    } = parse(publishSaid, result, 'result');
    return { data: decode(b64data, 'b64data') ?? data, skipHistory, tags, idempotencyKey: key };
  },
  rpc: (result: unknown): RpcResult => {
    const { data, b64data } = parse(rpcSaid, result, 'result');
    return { data: decode(b64data, 'b64data') ?? data ?? null };
  },
} as const;

/**
 * Reads a whole answer. Of several parts `disconnect` counts, and then `error`.
 * @throws {AnswerError}
 */
export function readAnswer<Result>(
  answer: unknown,
  readResult: (result: unknown) => Result,
): BackendAnswer<Result> {
  const { disconnect, error, result } = parse(envelope, answer, 'the answer');
  if (disconnect !== null && disconnect !== undefined) return { type: 'disconnect', close: disconnect };
  if (error !== null && error !== undefined) return { type: 'error', refusal: toRefusal(error) };
  if (result === null || result === undefined) {
    throw new AnswerError('the answer has none of result, error and disconnect');
  }
  return { type: 'result', result: readResult(result) };
}

/** @throws {AnswerError} for a text that is no JSON. */
export function readJson(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AnswerError('the answer is no JSON');
  }
}

const NAMES_BY_CODE = new Map<number, ErrorName>(
  (Object.keys(ERRORS) as ErrorName[]).map((name) => [ERRORS[name].code, name]),
);

/** Errors of the server's own table keep their meaning, such as 103; others are refusals with a code of the owner's. */
function toRefusal({
  code,
  message,
  temporary,
}: {
  readonly code: number;
  readonly message: string;
  readonly temporary: boolean;
}): Refusal {
  const known = NAMES_BY_CODE.get(code);
  const refusal = createRefusal(known ?? 'permissionDenied', message || undefined);
  return {
    ...refusal,
    ...(known === undefined && { code }),
    ...(temporary && { temporary }),
  };
}

function readRefresh(result: unknown): RefreshResult {
  const { expired, expire_at: expiresAt, info, b64info } = parse(refreshSaid, result, 'result');
  return { expired, expiresAt, info: decode(b64info, 'b64info') ?? info };
}

function toRoom({
  info,
  b64info,
  data,
  b64data,
  expire_at: expiresAt,
}: z.output<typeof roomSaid>): SubscribeResult {
  return {
    info: decode(b64info, 'b64info') ?? info,
    data: decode(b64data, 'b64data') ?? data,
    expiresAt,
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON in base64, which counts if there are both. */
function decode(encoded: string | undefined, field: string): Json | undefined {
  if (encoded === undefined || encoded === '') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(Buffer.from(encoded, 'base64')));
  } catch {
    throw new AnswerError(`${field} is not JSON in base64`);
  }
  const nonJson = findNonJson(value);
  if (nonJson !== undefined) throw new AnswerError(`${field} cannot be sent: it has ${nonJson}`);
  return value as Json;
}

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown, what: string): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? what : `${what}: ${issue.path.join('.')}`;
  throw new AnswerError(`${place} ${issue?.message ?? 'cannot be read'}`);
}
