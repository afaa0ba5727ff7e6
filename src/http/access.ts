/** Who may use the routes that reach into rooms from outside. */

import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopbackHost } from '../system/loopback.ts';
import { isForeignPage, type OriginPolicy } from '../transport/origin-policy.ts';
import type { RequestHead, TransportResponse } from '../transport/transport.ts';
import { jsonError } from '../transport/responses.ts';

export interface AccessOptions {
  readonly apiKey: string | undefined;
  /**
   * Who may use these routes without a key. `this machine` looks at the `Host` that was asked for too: behind
   * a proxy, or a page whose name was rebound to this address, it is not loopback's, or the proxy says so.
   */
  readonly open: 'everybody' | 'this machine' | 'nobody';
  readonly allowsOrigin: OriginPolicy;
}

/** The response that turns a request away, or nothing when it may go on. */
export type Access = (request: RequestHead) => TransportResponse | undefined;

export function createAccess({ apiKey, open, allowsOrigin }: AccessOptions): Access {
  const expected = apiKey === undefined ? undefined : digest(apiKey);
  return (request) => {
    const given = expected === undefined ? undefined : readKey(request);
    if (expected !== undefined && given !== undefined && timingSafeEqual(digest(given), expected))
      return undefined;
    if (open === 'nobody' || (open === 'this machine' && !asksThisMachine(request))) {
      return jsonError(401, 'this needs a key: send it as X-API-Key');
    }
    if (isForeignPage(request, allowsOrigin)) {
      return jsonError(403, 'pages of other sites may not use this without a key');
    }
    return undefined;
  };
}

/** Whether a request was made to this machine by its own name, and not handed on by a proxy that tells so. */
export function asksThisMachine(request: RequestHead): boolean {
  return (
    namesThisMachine(request.header('host') ?? '') && !PROXY_HEADERS.some((name) => request.header(name))
  );
}

const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip'];

/** Of a `Host`. Clients ask for one and the same over and over, so the last answer is kept. */
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
  return request.header('x-api-key') ?? /^apikey\s+(\S+)$/i.exec(request.header('authorization') ?? '')?.[1];
}

/** Digests are of one length, which a comparison in constant time needs. */
function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
