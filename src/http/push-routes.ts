/** The HTTP push routes, named as in the TarsPHP example. They publish to rooms in the name of the server. */

import type { Answer } from '../actors/room/ports.ts';
import type { Operations } from '../operations/operations.ts';
import type { ErrorName } from '../protocol/errors.ts';
import type { TransportRequest, TransportResponse } from '../transport/common/transport.ts';
import type { Access } from './access.ts';
import { Caller } from './caller.ts';
import { readFields, refuseBody, type Fields } from './fields.ts';
import { jsonError, textResponse } from '../transport/common/responses.ts';
import type { Route } from './router.ts';

/** Longest form, in multiples of the longest message: percent-encoding writes a byte with three. */
const FORM_OVERHEAD = 4;
/** Further bytes of a form: the room's name, up to 1 KiB before it is encoded, and the names of the fields. */
const FORM_NAMES_BYTES = 4 * 1024;

const BY_HTTP = { from: 'http' } as const;

export interface PushRoutesOptions {
  readonly operations: Pick<Operations, 'publish' | 'broadcast'>;
  readonly access: Access;
  /** Longest message, in bytes. */
  readonly messageBytes: number;
}

export function createPushRoutes({ operations, access, messageBytes }: PushRoutesOptions): Route[] {
  const maxBodyBytes = messageBytes * FORM_OVERHEAD + FORM_NAMES_BYTES;

  /** Reads the named fields, all of them required, and publishes them. It answers without a promise where it can. */
  function push(
    method: 'publish' | 'broadcast_all',
    names: readonly string[],
    success: string,
    publish: (values: Fields) => Answer<object>,
  ): Route['handle'] {
    const succeeded = textResponse(success);

    function publishFields(
      fields: Fields,
      request: TransportRequest,
      caller: Caller,
    ): TransportResponse | Promise<TransportResponse> {
      if (fields.includes(undefined)) {
        const missing = names.filter((_, index) => fields[index] === undefined);
        return jsonError(400, `missing parameter: ${missing.join(', ')}`);
      }
      const room = method === 'publish' ? fields[0] : undefined;
      const refused = access.refuse(request, caller, method, room);
      if (refused !== undefined) return refused;
      const outcome = publish(fields);
      return outcome instanceof Promise ? outcome.then(toResponse) : toResponse(outcome);
    }

    function toResponse(outcome: Awaited<Answer<object>>): TransportResponse {
      return 'refusal' in outcome
        ? jsonError(STATUS_OF[outcome.refusal.error], outcome.refusal.message)
        : succeeded;
    }

    return ({ request }) => {
      const caller = access.admit(request);
      if (!(caller instanceof Caller)) return caller;
      const refused = refuseBody(request);
      if (refused !== undefined) return refused;
      const fields = readFields(request, names, maxBodyBytes);
      return fields instanceof Promise
        ? fields.then((read) => publishFields(read, request, caller))
        : publishFields(fields, request, caller);
    };
  }

  return [
    {
      methods: ['GET', 'POST'],
      path: '/Index/pushByRoom',
      handle: push('publish', ['roomNum', 'message'], 'pushBy room success', ([room = '', message = '']) =>
        operations.publish(room, message, BY_HTTP),
      ),
    },
    {
      methods: ['GET', 'POST'],
      path: '/Index/pushAll',
      handle: push('broadcast_all', ['message'], 'pushBy all success', ([message = '']) =>
        operations.broadcast(message, 'http'),
      ),
    },
  ];
}

const STATUS_OF: Readonly<Record<ErrorName, number>> = {
  internal: 500,
  unauthorized: 401,
  unknownRoom: 404,
  permissionDenied: 403,
  unknownMethod: 404,
  alreadyJoined: 409,
  limitExceeded: 400,
  badRequest: 400,
  notAvailable: 503,
  tokenExpired: 401,
  expired: 401,
  tooManyRequests: 429,
  unrecoverable: 416,
  concurrentPages: 409,
};
