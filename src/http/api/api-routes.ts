/** The HTTP server API: one route for each method, `POST /api/<name>` with a JSON object. What a method does is in the files beside this one. */

import { ERRORS } from '../../protocol/errors.ts';
import { keepDigits, writeExactJson, type ExactJson } from '../../protocol/json/exact-json.ts';
import { mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import { mendHalves } from '../../protocol/json/well-formed.ts';
import { jsonError, jsonTextResponse } from '../../transport/common/responses.ts';
import type { TransportRequest, TransportResponse } from '../../transport/common/transport.ts';
import type { Access } from '../access.ts';
import type { Route } from '../router.ts';
import type { ApiMethod, ApiOutcome, ApiRequest, Params } from './api-method.ts';
import { isObject } from './read-params.ts';

/** The path of each method begins with it. */
const API_PATH = '/api/';

export interface ApiRoutesOptions {
  readonly methods: readonly ApiMethod[];
  readonly access: Access;
  /** Longest message, in bytes. */
  readonly messageBytes: number;
}

/** JSON may write a byte with six characters. */
const BODY_BYTES_PER_MESSAGE_BYTE = 6;
/** Further bytes of a body: the names of the channels of a broadcast, the tags, and the names of the fields. */
const BODY_NAMES_BYTES = 1024 * 1024;

export function createApiRoutes({ methods, access, messageBytes }: ApiRoutesOptions): Route[] {
  const maxBodyBytes = messageBytes * BODY_BYTES_PER_MESSAGE_BYTE + BODY_NAMES_BYTES;
  return methods.map((method) => ({
    methods: ['POST'],
    path: `${API_PATH}${method.name}`,
    async handle({ request }) {
      const refused = access(request);
      if (refused !== undefined) return refused;
      const read = readBody(await request.body(maxBodyBytes));
      if ('undecodable' in read) return jsonError(400, read.undecodable);
      const outcome = await method.call(read.params, read);
      return 'undecodable' in outcome ? jsonError(400, outcome.undecodable) : toResponse(request, outcome);
    },
  }));
}

interface Body extends ApiRequest {
  readonly params: Params;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function readBody(bytes: Uint8Array): Body | { readonly undecodable: string } {
  let text: string;
  try {
    text = mendHalves(decoder.decode(bytes));
  } catch {
    return { undecodable: 'the body is no UTF-8' };
  }
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

/** Errors have the status 200, unless the request asks for one of HTTP. */
function toResponse(request: TransportRequest, outcome: ApiOutcome): TransportResponse {
  if ('result' in outcome || request.header('x-centrifugo-error-mode') !== 'transport') {
    return jsonTextResponse(200, writeExactJson(outcome as unknown as ExactJson));
  }
  const { code } = outcome.error;
  return jsonTextResponse(STATUS_OF.get(code) ?? DEFAULT_STATUS, JSON.stringify(outcome.error));
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
