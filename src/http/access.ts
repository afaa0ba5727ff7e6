/** Who may use the HTTP routes that read or change rooms. */

import { createSecretFinder } from '../auth/secret.ts';
import type { KeyRight } from '../protocol/api-methods.ts';
import type { Clock } from '../system/clock.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { isForeignPage, type OriginPolicy } from '../transport/origin-policy.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';
import { jsonError, withHeaders } from '../transport/common/responses.ts';
import { Caller, type CallerRights } from './caller.ts';

export interface AccessOptions {
  /** The keys, and what each allows. */
  readonly keys: readonly (CallerRights & { readonly key: string })[];
  readonly clock: Pick<Clock, 'monotonic'>;
  /**
   * Who may use these routes without a key. For `this machine` the `Host` of the request must be loopback, and no
   * proxy header may be present: this keeps out requests through a proxy and pages with a rebound DNS name.
   */
  readonly open: 'everybody' | 'this machine' | 'nobody';
  /** The pages whose requests are taken without a key. */
  readonly allowsOrigin: OriginPolicy;
  /** Told of each request with a wrong key, and of each whose key does not allow it. */
  readonly refused: (request: RequestHead, denied?: Denied) => void;
  /** Told of each request without a key that a page of another site made. */
  readonly refusedPage: (request: RequestHead) => void;
}

/** What a key did not allow. */
export interface Denied {
  readonly key: string | undefined;
  readonly method: KeyRight;
}

export interface Access {
  /** Returns who asks; or the response that refuses the request. */
  admit(request: RequestHead): Caller | TransportResponse;
  /** Tells that the caller was refused a method. */
  deny(request: RequestHead, caller: Caller, method: KeyRight): void;
  /** The response that refuses the caller a method about a room, or nothing. It counts as a request. */
  refuse(
    request: RequestHead,
    caller: Caller,
    method: KeyRight,
    room: string | undefined,
  ): TransportResponse | undefined;
}

/** @param callers One for each of the keys, in their order: several accesses count the requests of a key together. */
export function createAccess(
  { keys, clock, open, allowsOrigin, refused, refusedPage }: AccessOptions,
  callers: readonly Caller[],
): Access {
  const findKey = createSecretFinder(keys.map(({ key }) => key));
  const anybody = new Caller({}, clock);

  function admit(request: RequestHead): Caller | TransportResponse {
    // Without a key, none is read: reading a header takes longer than the rest of a push.
    if (keys.length > 0) {
      const given = readKey(request);
      const caller = given === undefined ? undefined : callers[findKey(given) ?? NONE];
      if (caller !== undefined) return caller;
      if (given !== undefined) refused(request);
    }
    if (open === 'nobody' || (open === 'this machine' && !asksThisMachine(request))) {
      return jsonError(401, 'this needs a key: send it as X-API-Key');
    }
    if (isForeignPage(request, allowsOrigin)) {
      refusedPage(request);
      return jsonError(403, 'pages of other sites may not use this without a key');
    }
    return anybody;
  }

  function deny(request: RequestHead, caller: Caller, method: KeyRight): void {
    refused(request, { key: caller.name, method });
  }

  return {
    admit,
    deny,
    refuse(request, caller, method, room) {
      if (caller === anybody) return undefined;
      if (!caller.may(method, room === undefined ? [] : [room])) {
        deny(request, caller, method);
        return jsonError(403, 'this key does not allow it');
      }
      const seconds = caller.spend(1);
      if (seconds === 0) return undefined;
      return withHeaders(jsonError(429, 'this key has made too many requests'), {
        'retry-after': String(seconds),
      });
    },
  };
}

const NONE = -1;

/** Whether the `Host` of a request is loopback, and no header says that a proxy passed it on. */
export function asksThisMachine(request: RequestHead): boolean {
  return (
    namesThisMachine(request.header('host') ?? '') && !PROXY_HEADERS.some((name) => request.header(name))
  );
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

/** Clients send the same `Host` again and again, so the last result is kept. */
const namesThisMachine = keepLast((host) => isLoopbackHost(host.replace(/:\d+$/, '')));

function keepLast(judge: (text: string) => boolean): (text: string) => boolean {
  let last = '';
  let verdict = judge(last);
  return (text) => {
    if (text !== last) {
      verdict = judge(text);
      last = text;
    }
    return verdict;
  };
}

function readKey(request: RequestHead): string | undefined {
  return (
    request.header('x-api-key') ??
    /^apikey\s+(\S+)$/i.exec(request.header('authorization') ?? '')?.[1] ??
    readQueryKey(request.query)
  );
}

function readQueryKey(query: string): string | undefined {
  return query.includes('api_key') ? (new URLSearchParams(query).get('api_key') ?? undefined) : undefined;
}
