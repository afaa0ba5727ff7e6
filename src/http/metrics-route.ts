/** `GET /metrics`: the numbers of the server in the text format of Prometheus, and who may read them. */

import { createSecretCheck } from '../auth/secret.ts';
import type { RequestHead, TransportRequest, TransportResponse } from '../transport/common/transport.ts';
import { NO_PAGE } from '../transport/common/responses.ts';
import type { Access } from './access.ts';
import { readBearer, refuseBearer } from './bearer.ts';
import { Caller } from './caller.ts';
import type { Route } from './router.ts';

export const METRICS_PATH = '/metrics';

const HEADERS = Object.freeze({
  'content-type': 'text/plain; version=0.0.4; charset=utf-8',
  'cache-control': 'no-store',
  ...NO_PAGE,
});

export interface MetricsRouteOptions {
  /** The numbers as text. */
  readonly read: () => Promise<string>;
  /** The setting `metrics.token`. */
  readonly token: string | undefined;
  /** Told of each wrong token. */
  readonly wrongToken: (request: RequestHead) => void;
  /** Who may read without the token. */
  readonly access: Access;
}

export function createMetricsRoute({ read, token, wrongToken, access }: MetricsRouteOptions): Route {
  const isRightToken = createSecretCheck(token);

  /** The response that refuses the request; nothing if it is allowed. */
  function refuse(request: RequestHead): TransportResponse | undefined {
    const given = readBearer(request);
    if (given !== undefined && token !== undefined) {
      if (isRightToken(given)) return undefined;
      wrongToken(request);
      return refuseToken();
    }
    const caller = access.admit(request);
    if (caller instanceof Caller) return access.refuse(request, caller, 'metrics', undefined);
    return caller.status === 401 ? refuseToken() : caller;
  }

  async function answer(request: TransportRequest): Promise<TransportResponse> {
    return refuse(request) ?? { status: 200, headers: HEADERS, body: await read() };
  }

  return { methods: ['GET', 'HEAD'], path: METRICS_PATH, handle: ({ request }) => answer(request) };
}

function refuseToken(): TransportResponse {
  return refuseBearer(
    'the numbers need a token: send metrics.token as Authorization: Bearer TOKEN, or a key with the method metrics as X-API-Key',
  );
}
