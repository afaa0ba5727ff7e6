/** The HTTP server API: one route for each method. What a method does is in the files beside this one. */

import { ERRORS } from '../../protocol/errors.ts';
import { mendHalves } from '../../protocol/json/well-formed.ts';
import { jsonError, jsonResponse } from '../../transport/common/responses.ts';
import type { TransportRequest, TransportResponse } from '../../transport/common/transport.ts';
import type { Access } from '../access.ts';
import type { Route } from '../router.ts';
import { UndecodableError, type ApiMethod, type ApiOutcome } from './api-method.ts';
import { isObject } from './params.ts';

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
  return methods.map(({ name, run }) => ({
    methods: ['POST'],
    path: `${API_PATH}${name}`,
    async handle({ request }) {
      const refused = access(request);
      if (refused !== undefined) return refused;
      try {
        const text = readUtf8(await request.body(maxBodyBytes));
        return toResponse(request, await run(parse(text), text));
      } catch (error) {
        if (error instanceof UndecodableError) return jsonError(400, error.message);
        throw error;
      }
    },
  }));
}

const decoder = new TextDecoder('utf-8', { fatal: true });

function readUtf8(bytes: Uint8Array): string {
  try {
    return mendHalves(decoder.decode(bytes));
  } catch {
    throw new UndecodableError('the body is no UTF-8');
  }
}

function parse(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UndecodableError('the body is no JSON');
  }
  if (!isObject(value)) throw new UndecodableError('the body must be a JSON object');
  return value;
}

/** Errors have the status 200, unless the request asks for one of HTTP. */
function toResponse(request: TransportRequest, outcome: ApiOutcome): TransportResponse {
  if ('result' in outcome || request.header('x-centrifugo-error-mode') !== 'transport') {
    return jsonResponse(200, outcome);
  }
  return jsonResponse(STATUS_OF.get(outcome.error.code) ?? DEFAULT_STATUS, outcome.error);
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
