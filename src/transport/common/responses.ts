/** The responses that routes share. */

import type { TransportResponse } from './transport.ts';

/** A browser must not take what a client has said, or a part of it, for a page or a script. */
const NOT_SNIFFED = { 'x-content-type-options': 'nosniff' };

/** Frozen, so that the transport checks them only once. */
export const JSON_HEADERS = Object.freeze({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  ...NOT_SNIFFED,
});
const TEXT_HEADERS = Object.freeze({
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  ...NOT_SNIFFED,
});

export function jsonResponse(status: number, value: unknown): TransportResponse {
  return jsonTextResponse(status, JSON.stringify(value));
}

/**
 * For what is JSON text already.
 * @param end What follows it. Default: a line break.
 */
export function jsonTextResponse(status: number, text: string, end = '\n'): TransportResponse {
  return { status, headers: JSON_HEADERS, body: text + end };
}

export function textResponse(body: string): TransportResponse {
  return { status: 200, headers: TEXT_HEADERS, body };
}

/** The error response of every route: `{"error":{"code":400,"message":"…"}}`; `code` is the HTTP status. */
export function jsonError(status: number, message: string): TransportResponse {
  return jsonResponse(status, { error: { code: status, message } });
}
