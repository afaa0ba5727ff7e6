/** Tokens in the header `Authorization` (RFC 6750). */

import { jsonError, withHeaders } from '../transport/common/responses.ts';
import type { RequestHead, TransportResponse } from '../transport/common/transport.ts';

/** The token of a request; undefined if it has none. */
export function readBearer(request: RequestHead): string | undefined {
  return /^bearer +(.+)$/i.exec(request.header('authorization') ?? '')?.[1];
}

/** The response to a request whose token is missing or wrong. */
export function refuseBearer(message: string): TransportResponse {
  return withHeaders(jsonError(401, message), { 'www-authenticate': 'Bearer' });
}
