/** Who may use the HTTP routes that read or change rooms. */

import { createSecretCheck } from '../auth/secret.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { isForeignPage, type OriginPolicy } from '../transport/origin-policy.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';
import { jsonError } from '../transport/common/responses.ts';

export interface AccessOptions {
  readonly apiKey: string | undefined;
  /**
   * Who may use these routes without a key. For `this machine` the `Host` of the request must be loopback, and no
   * proxy header may be present: this keeps out requests through a proxy and pages with a rebound DNS name.
   */
  readonly open: 'everybody' | 'this machine' | 'nobody';
  /** The pages whose requests are taken without a key. */
  readonly allowsOrigin: OriginPolicy;
  /** Told of each request with a wrong key. */
  readonly wrongKey: (request: RequestHead) => void;
}

/** Returns the response that refuses a request, or nothing when the request may go on. */
export type Access = (request: RequestHead) => TransportResponse | undefined;

export function createAccess({ apiKey, open, allowsOrigin, wrongKey }: AccessOptions): Access {
  const isKey = createSecretCheck(apiKey);
  return (request) => {
    // Without a key, none is read: reading a header takes longer than the rest of a push.
    if (apiKey !== undefined) {
      const given = readKey(request);
      if (isKey(given)) return undefined;
      if (given !== undefined) wrongKey(request);
    }
    if (open === 'nobody' || (open === 'this machine' && !asksThisMachine(request))) {
      return jsonError(401, 'this needs a key: send it as X-API-Key');
    }
    if (isForeignPage(request, allowsOrigin)) {
      return jsonError(403, 'pages of other sites may not use this without a key');
    }
    return undefined;
  };
}

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
