/** Records how each call over a link ended, without changing the calls. */

import { parseObject } from '../../tars/client/endpoint.ts';
import type { Clock } from '../../system/clock.ts';
import type { CreateServantLink } from '../../tars/servant-link.ts';
import { RETURN_CODES } from '../../tars/wire/return-codes.ts';
import type { CallRecord } from './stat-counts.ts';

interface SentCall {
  readonly func: string;
  readonly at: number;
}

/**
 * Wraps a function that makes links. Only calls that were sent and expect a reply are recorded: calls that a circuit
 * breaker or a limit refused never reach a link, and the end of one-way calls is unknown.
 * @param isWanted Whether calls that are sent now are recorded. Default: all are.
 */
export function recordCalls(
  createLink: CreateServantLink,
  record: (call: CallRecord) => void,
  clock: Pick<Clock, 'monotonic'>,
  isWanted: () => boolean = () => true,
): CreateServantLink {
  return (object, listener) => {
    // Statistics use the object's name without endpoints.
    const name = object.split('@', 1)[0]?.trim() ?? '';
    const parsed = parseObject(object);
    /** The endpoint of all calls, if there is a single one. */
    const only = parsed.ok && parsed.endpoints.length === 1 ? parsed.endpoints[0] : undefined;
    const sent = new Map<number, SentCall>();

    function end(
      requestId: number,
      outcome: CallRecord['outcome'],
      ret: number,
      endpoint: CallRecord['endpoint'] = only,
    ): void {
      const call = sent.get(requestId);
      if (call === undefined) return;
      sent.delete(requestId);
      const durationMs = clock.monotonic() - call.at;
      record({
        object: name,
        func: call.func,
        outcome,
        ret,
        durationMs,
        ...(endpoint !== undefined && { endpoint }),
      });
    }

    const link = createLink(object, {
      ...listener,
      reply(reply) {
        end(
          reply.requestId,
          reply.ret === RETURN_CODES.ok ? 'succeeded' : 'failed',
          reply.ret,
          reply.endpoint,
        );
        listener.reply(reply);
      },
      lost(requestIds, error, endpoint) {
        for (const id of requestIds) end(id, 'failed', RETURN_CODES.connectionClosed, endpoint);
        listener.lost(requestIds, error, endpoint);
      },
      closed: () => listener.closed(),
      writable: () => listener.writable?.(),
      endpoint: (endpoint, circuit) => listener.endpoint?.(endpoint, circuit),
    });

    return {
      open: () => link.open(),
      send(request) {
        const isSent = link.send(request);
        if (isSent && request.oneWay !== true && isWanted())
          sent.set(request.requestId, { func: request.func, at: clock.monotonic() });
        return isSent;
      },
      timedOut(requestId) {
        end(requestId, 'timedOut', RETURN_CODES.timeout, link.endpointOf?.(requestId));
        link.timedOut(requestId);
      },
      forget(requestId) {
        sent.delete(requestId);
        link.forget?.(requestId);
      },
      endpointOf: (requestId) => link.endpointOf?.(requestId),
      endpoints: () => link.endpoints?.() ?? [],
      close() {
        sent.clear();
        link.close();
      },
    };
  };
}
