/** The responses that routes share. */

import type { TransportResponse } from '../transport.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const TEXT_TYPE = 'text/plain; charset=utf-8';

export function jsonResponse(status: number, value: unknown): TransportResponse {
  return {
    status,
    headers: { 'content-type': JSON_TYPE, 'cache-control': 'no-store' },
    body: `${JSON.stringify(value)}\n`,
  };
}

export function textResponse(body: string): TransportResponse {
  return { status: 200, headers: { 'content-type': TEXT_TYPE, 'cache-control': 'no-store' }, body };
}

/** An error as every route tells it: `{"error":{"code":400,"message":"…"}}`, `code` being the HTTP status. */
export function jsonError(status: number, message: string): TransportResponse {
  return jsonResponse(status, { error: { code: status, message } });
}
