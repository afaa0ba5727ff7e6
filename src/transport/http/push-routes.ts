/** The HTTP routes of the TarsPHP example: what comes in by them goes to rooms as from a connection, by the server. */

import type { PublishOutcome, RoomsPort } from '../../actors/ports.ts';
import type { ErrorName } from '../../protocol/errors.ts';
import type { TransportRequest, TransportResponse } from '../transport.ts';
import type { Access } from './access.ts';
import { readFields } from './fields.ts';
import { jsonError, textResponse } from './responses.ts';
import type { Route } from './router.ts';

/** Longest form, in multiples of the longest message: percent-encoding spells a byte with three. */
const FORM_OVERHEAD = 4;
/** And what it may have besides: a room's name, of up to 1 KiB before it is encoded, and the names of the fields. */
const FORM_NAMES_BYTES = 4 * 1024;

export interface PushRoutesOptions {
  readonly rooms: RoomsPort;
  readonly access: Access;
  /** Longest message, in bytes. */
  readonly messageBytes: number;
}

export function createPushRoutes({ rooms, access, messageBytes }: PushRoutesOptions): Route[] {
  const maxBodyBytes = messageBytes * FORM_OVERHEAD + FORM_NAMES_BYTES;

  /** Reads the named fields, all of them required, and hands them on. */
  function push(
    names: readonly string[],
    success: string,
    publish: (values: readonly string[], settle: (outcome: PublishOutcome) => void) => void,
  ) {
    return async ({ request }: { request: TransportRequest }): Promise<TransportResponse> => {
      const refused = access(request);
      if (refused !== undefined) return refused;
      const fields = await readFields(request, maxBodyBytes);
      const missing = names.filter((name) => !fields.has(name));
      if (missing.length > 0) return jsonError(400, `missing parameter: ${missing.join(', ')}`);
      const outcome = await new Promise<PublishOutcome>((resolve) => {
        publish(
          names.map((name) => fields.get(name) ?? ''),
          resolve,
        );
      });
      return outcome.type === 'refused'
        ? jsonError(STATUS_OF[outcome.refusal.error], outcome.refusal.message)
        : textResponse(success);
    };
  }

  return [
    {
      methods: ['GET', 'POST'],
      path: '/Index/pushByRoom',
      handle: push(['roomNum', 'message'], 'pushBy room success', ([room = '', message = ''], settle) =>
        rooms.publish(room, message, { settle }),
      ),
    },
    {
      methods: ['GET', 'POST'],
      path: '/Index/pushAll',
      handle: push(['message'], 'pushBy all success', ([message = ''], settle) =>
        rooms.broadcast(message, { settle }),
      ),
    },
  ];
}

const STATUS_OF: Readonly<Record<ErrorName, number>> = {
  internal: 500,
  permissionDenied: 403,
  limitExceeded: 400,
  badRequest: 400,
  notAvailable: 503,
  tooManyRequests: 429,
};
