/**
 * The HTTP server API: one route for each method, `POST /api/<name>` with a JSON object, and one for several commands at
 * once. What a method does is in the files beside this one.
 */

import { ERRORS } from '../../protocol/errors.ts';
import { keepDigits, writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import type { Clock } from '../../system/clock.ts';
import { mendHalves } from '../../protocol/json/well-formed.ts';
import { jsonError, jsonTextResponse, withHeaders } from '../../transport/common/responses.ts';
import {
  BodyTooLargeError,
  type TransportRequest,
  type TransportResponse,
} from '../../transport/common/transport.ts';
import type { Access } from '../access.ts';
import { Caller } from '../caller.ts';
import type { Route } from '../router.ts';
import type { ApiError, ApiFailure, ApiMethod, ApiRequest, Params } from './api-method.ts';
import { readBatch, writeReplies } from './batch.ts';
import { doCommands, refuseCommands, type CommandAnswer, type SeveralCommands } from './commands.ts';
import { readLines, writeLines } from './line-commands.ts';
import { answerInPortions, RESULT_DEPTH, writeParts } from '../long-answer.ts';
import { isObject } from './read-params.ts';

/** The path of each method begins with it. */
const API_PATH = '/api';

export interface ApiRoutesOptions {
  readonly methods: readonly ApiMethod[];
  readonly access: Access;
  readonly clock: Clock;
  /** Longest message, in bytes. */
  readonly messageBytes: number;
}

/** JSON may write a byte with six characters. */
const BODY_BYTES_PER_MESSAGE_BYTE = 6;
/** Further bytes of a body: the names of the channels of a broadcast, the tags, and the names of the fields. */
const BODY_NAMES_BYTES = 1024 * 1024;

export function createApiRoutes({ methods, access, clock, messageBytes }: ApiRoutesOptions): Route[] {
  const maxBodyBytes = messageBytes * BODY_BYTES_PER_MESSAGE_BYTE + BODY_NAMES_BYTES;
  const byName = new Map<string, ApiMethod>(methods.map((method) => [method.name, method]));

  /** A route that reads the text of a request. */
  function createRoute(
    path: string,
    answer: (text: string, api: ApiRequest, request: TransportRequest) => Promise<TransportResponse>,
  ): Route {
    return {
      methods: ['POST'],
      path,
      async handle({ request }) {
        const caller = access.admit(request);
        if (!(caller instanceof Caller)) return caller;
        const bytes = await request.body(maxBodyBytes).catch(ifTooLarge);
        if (bytes instanceof BodyTooLargeError) return jsonError(413, bytes.message);
        const text = readText(bytes);
        if (text === undefined) return jsonError(400, 'the body is no UTF-8');
        const deny = access.deny.bind(undefined, request, caller);
        return answer(text, { exact: undefined, caller, deny }, request);
      },
    };
  }

  /** A route that reads one object. */
  function createObjectRoute(
    name: string,
    answer: (params: Params, api: ApiRequest, request: TransportRequest) => Promise<TransportResponse>,
  ): Route {
    return createRoute(`${API_PATH}/${name}`, async (text, api, request) => {
      const read = parseObject(text);
      if ('undecodable' in read) return jsonError(400, read.undecodable);
      return answer(read.params, { ...api, exact: read.exact }, request);
    });
  }

  /** Answers a request with several commands. Each counts as a request. */
  async function answerAll<Commands extends SeveralCommands>(
    read: Commands | ApiFailure | { readonly undecodable: string },
    api: ApiRequest,
    write: (read: Commands, answers: readonly CommandAnswer[]) => Iterable<string>,
    fail: (error: ApiError) => TransportResponse,
    end: string,
  ): Promise<TransportResponse> {
    if ('undecodable' in read) return jsonError(400, read.undecodable);
    const seconds = api.caller.spend('error' in read ? 1 : read.commands.length);
    if (seconds > 0) return askLater(fail, seconds);
    if ('error' in read) return fail(read.error);
    const refusal = refuseCommands(read.commands);
    if (refusal !== undefined) return fail(refusal.error);
    return answerInPortions(write(read, await doCommands(read, byName, api)), end, clock);
  }

  return [
    ...methods.map((method) =>
      createObjectRoute(method.name, async (params, api, request) => {
        const seconds = api.caller.spend(1);
        if (seconds > 0) return askLater((error) => answerError(request, error), seconds);
        const outcome = await method.call(params, api);
        if ('undecodable' in outcome) return jsonError(400, outcome.undecodable);
        if ('error' in outcome) return answerError(request, outcome.error);
        if (!method.isLong) return answerJson(outcome);
        return answerInPortions(writeParts(outcome as ExactJson, RESULT_DEPTH), '\n', clock);
      }),
    ),
    createObjectRoute('batch', async (params, api, request) =>
      answerAll(
        readBatch(params, byName, api),
        api,
        writeReplies,
        (error) => answerError(request, error),
        '\n',
      ),
    ),
    // What refuses all lines has a status in any case: an answer with fewer lines than the request would be misread.
    createRoute(API_PATH, async (text, api) =>
      answerAll(readLines(text, parseObject), api, writeLines, answerStatus, ''),
    ),
  ];
}

function ifTooLarge(error: unknown): BodyTooLargeError {
  if (error instanceof BodyTooLargeError) return error;
  throw error;
}

interface Body extends Pick<ApiRequest, 'exact'> {
  readonly params: Params;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no UTF-8. */
function readText(bytes: Uint8Array): string | undefined {
  try {
    return mendHalves(decoder.decode(bytes));
  } catch {
    return undefined;
  }
}

function parseObject(text: string): Body | { readonly undecodable: string } {
  let params: unknown;
  try {
    params = JSON.parse(text);
  } catch {
    return { undecodable: 'the body is no JSON' };
  }
  if (!isObject(params)) return { undecodable: 'the body must be a JSON object' };
  const exact = mayLoseNumbers(text) ? keepDigits(text, params as ExactJson) : undefined;
  return { params, exact: exact as ApiRequest['exact'] };
}

/** A TARS function may have answered with numbers that JavaScript cannot hold. */
function answerJson(answer: object): TransportResponse {
  return jsonTextResponse(200, writeExactJson(answer as ExactJson));
}

/** Errors have the status 200, unless the request asks for one of HTTP. */
function answerError(request: TransportRequest, error: ApiError): TransportResponse {
  if (request.header('x-centrifugo-error-mode') === 'transport') return answerStatus(error);
  return answerJson({ error } satisfies ApiFailure);
}

function answerStatus(error: ApiError): TransportResponse {
  return jsonTextResponse(STATUS_OF.get(error.code) ?? DEFAULT_STATUS, JSON.stringify(error));
}

function askLater(fail: (error: ApiError) => TransportResponse, seconds: number): TransportResponse {
  const { code } = ERRORS.tooManyRequests;
  const response = fail({ code, message: 'this key has made too many requests' });
  return withHeaders(response, { 'retry-after': String(seconds) });
}

/** For codes of the server's owner: the request was read, and refused. */
const DEFAULT_STATUS = 400;

const STATUS_OF: ReadonlyMap<number, number> = new Map([
  [ERRORS.internal.code, 500],
  [ERRORS.unauthorized.code, 401],
  [ERRORS.unknownRoom.code, 404],
  [ERRORS.permissionDenied.code, 403],
  [ERRORS.unknownMethod.code, 404],
  [ERRORS.alreadyJoined.code, 400],
  [ERRORS.limitExceeded.code, 400],
  [ERRORS.badRequest.code, 400],
  [ERRORS.notAvailable.code, 400],
  [ERRORS.tokenExpired.code, 400],
  [ERRORS.expired.code, 400],
  [ERRORS.tooManyRequests.code, 429],
  [ERRORS.unrecoverable.code, 416],
  [ERRORS.concurrentPages.code, 409],
]);
