/**
 * Reads what a backend has answered. An answer that is not understood is an error of the backend: nothing is guessed. A
 * field that is `null` is absent, since Go and others write it so, and an empty list is an empty object, as PHP writes it.
 */

import * as z from 'zod';
import type {
  BackendAnswer,
  PublishResult,
  RefreshResult,
  SubscribeResult,
} from '../../actors/backend/asking.ts';
import type { Json } from '../../protocol/command.ts';
import { createRefusal, ERRORS, type ErrorName, type Refusal } from '../../protocol/errors.ts';
import { keepDigits, type ExactJson } from '../../protocol/json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import { readOverride } from '../../protocol/override.ts';
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

const inRoom = { info: json, b64info: base64, data: json, b64data: base64, expire_at: expireAt };
const override = z.unknown().transform((said, context) => {
  const read = readOverride(said);
  if (typeof read !== 'string') return read;
  context.addIssue(read);
  return z.NEVER;
});
const roomSaid = fields({ ...inRoom, override: override.optional() });

const connectSaid = fields({
  ...inRoom,
  user: text.max(MAX_USER_LENGTH).default(''),
  channels: z.array(roomName).default([]),
  subs: byName(
    z.record(
      roomName,
      z.preprocess((said) => said ?? {}, roomSaid),
    ),
  ).default({}),
  meta: json,
});
const refreshSaid = fields({
  expired: z.boolean().default(false),
  expire_at: expireAt,
  info: json,
  b64info: base64,
});
const publishSaid = fields({
  data: json,
  b64data: base64,
  skip_history: z.boolean().default(false),
  tags: byName(z.record(text, text)).optional(),
  idempotency_key: z.string().max(1_024).optional(),
});
const rpcSaid = fields({ data: json, b64data: base64 });

const envelope = fields({
  result: byName(z.record(z.string(), z.unknown())).optional(),
  error: fields({
    code: z.int().min(100).max(1999),
    message: z.string().default(''),
    temporary: z.boolean().default(false),
  }).optional(),
  disconnect: fields({
    code: z.int().min(3000).max(4999),
    reason: z.string().default(''),
  }).optional(),
});

function fields<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(withoutNulls, z.object(shape));
}

function byName<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => (isEmptyList(value) ? {} : value), schema);
}

function withoutNulls(value: unknown): unknown {
  if (isEmptyList(value)) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}

function isEmptyList(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

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
  publish: (result: unknown): PublishResult => {
    const {
      data,
      b64data,
      skip_history: skipHistory,
      tags,
      idempotency_key: key,
    } = parse(publishSaid, result, 'result');
    const idempotencyKey = key === '' ? undefined : key;
    return { data: decode(b64data, 'b64data') ?? data, skipHistory, tags, idempotencyKey };
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
  if (disconnect !== undefined) return { type: 'disconnect', close: disconnect };
  if (error !== undefined) return { type: 'error', refusal: toRefusal(error) };
  if (result === undefined) {
    throw new AnswerError('the answer has none of result, error and disconnect');
  }
  return { type: 'result', result: readResult(result) };
}

/**
 * @param what The part of the answer, for people.
 * @throws {AnswerError} for a text that is no JSON, or has a number that JavaScript cannot hold.
 */
export function readJson(source: string, what = 'the answer'): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch {
    throw new AnswerError(`${what} is no JSON`);
  }
  if (mayLoseNumbers(source) && findLostNumber(keepDigits(source, value as ExactJson)) !== undefined) {
    throw new AnswerError(`${what} has a number that would lose digits: send it as a string`);
  }
  return value;
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
  override: said,
}: Omit<z.output<typeof roomSaid>, 'override'> & Pick<SubscribeResult, 'override'>): SubscribeResult {
  return {
    info: decode(b64info, 'b64info') ?? info,
    data: decode(b64data, 'b64data') ?? data,
    expiresAt,
    ...(said !== undefined && { override: said }),
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** JSON in base64, which counts if there are both. */
function decode(encoded: string | undefined, field: string): Json | undefined {
  if (encoded === undefined || encoded === '') return undefined;
  let source: string;
  try {
    source = utf8.decode(Buffer.from(encoded, 'base64'));
  } catch {
    throw new AnswerError(`${field} is not UTF-8 in base64`);
  }
  const value = readJson(source, field);
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
