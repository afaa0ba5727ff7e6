/** Lets pages of other, allowed origins use a route (the CORS protocol of the Fetch standard). */

import { jsonError, NOT_SNIFFED, withHeaders } from '../transport/common/responses.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';
import type { OriginPolicy } from '../transport/origin-policy.ts';
import type { Route } from './router.ts';

/** How long a browser may remember the answer to its question, in seconds. */
const MAX_AGE_SECONDS = 600;

/** Adds to a response the headers with which a page of an allowed origin can read it. */
export function allowPage(
  request: RequestHead,
  response: TransportResponse,
  allowsOrigin: OriginPolicy,
): TransportResponse {
  const origin = request.header('origin');
  if (origin === undefined || !allowsOrigin(request)) return response;
  return withHeaders(response, {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    vary: 'origin',
  });
}

/** Lets pages of allowed origins use routes: their answers can be read, and browsers may ask before. */
export function openToPages(routes: readonly Route[], allowsOrigin: OriginPolicy): Route[] {
  return routes.flatMap((route) => [
    {
      ...route,
      handle: async (match) => allowPage(match.request, await route.handle(match), allowsOrigin),
    },
    {
      methods: ['OPTIONS'],
      path: route.path,
      handle: ({ request }) => answerPreflight(request, route.methods, allowsOrigin),
    },
  ]);
}

/** Answers the question of a browser (OPTIONS) whether a page may send its request. */
export function answerPreflight(
  request: RequestHead,
  methods: readonly string[],
  allowsOrigin: OriginPolicy,
): TransportResponse {
  if (!allowsOrigin(request)) {
    const origin = request.header('origin');
    return jsonError(
      403,
      origin === undefined ? 'this is for pages' : `pages from ${origin} may not use this`,
    );
  }
  const headers = {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': request.header('access-control-request-headers') ?? 'content-type',
    'access-control-max-age': String(MAX_AGE_SECONDS),
    ...NOT_SNIFFED,
  };
  return allowPage(request, { status: 204, headers }, allowsOrigin);
}
