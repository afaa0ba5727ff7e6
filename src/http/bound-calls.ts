/** Bounds how many requests of some routes are under way: each holds its body, and may wait for other nodes. */

import { jsonError, withHeaders } from '../transport/common/responses.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';
import type { Route } from './router.ts';

const RETRY_SECONDS = '1';

export interface BoundCallsOptions {
  /** So many requests of all these routes together. */
  readonly most: number;
  /** Told of each request that is refused. */
  readonly refused: (request: RequestHead, reason: string) => void;
}

/** The same routes, which answer 503 when there are too many requests. */
export function boundCalls(routes: readonly Route[], { most, refused }: BoundCallsOptions): Route[] {
  let underWay = 0;

  function refuse(request: RequestHead): TransportResponse {
    const message = `the server has ${most} calls under way already, try again later`;
    refused(request, message);
    return withHeaders(jsonError(503, message), { 'retry-after': RETRY_SECONDS });
  }

  return routes.map((route) => ({
    ...route,
    handle(match) {
      if (underWay >= most) return refuse(match.request);
      const answer = route.handle(match);
      if (!(answer instanceof Promise)) return answer;
      underWay += 1;
      return answer.finally(() => (underWay -= 1));
    },
  }));
}
