/** The responses that routes share. */

import type { TransportResponse } from './transport.ts';

/** A browser must not take what a client has said, or a part of it, for a page or a script. All answers have it. */
export const NOT_SNIFFED = Object.freeze({ 'x-content-type-options': 'nosniff' });

/** All that is not a page: it loads nothing, stands in no frame, and no page of another site can show or read it. */
export const NO_PAGE = Object.freeze({
  ...NOT_SNIFFED,
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
});

/** Frozen, so that the transport checks them only once. */
export const JSON_HEADERS = Object.freeze({
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  ...NO_PAGE,
});
const TEXT_HEADERS = Object.freeze({
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  ...NO_PAGE,
});

export const NO_CONTENT: TransportResponse = Object.freeze({ status: 204, headers: NOT_SNIFFED });

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

/** The same response with further headers. */
export function withHeaders(
  response: TransportResponse,
  headers: Readonly<Record<string, string>>,
): TransportResponse {
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** The error response of every route: `{"error":{"code":400,"message":"…"}}`; `code` is the HTTP status. */
export function jsonError(status: number, message: string): TransportResponse {
  return jsonResponse(status, { error: { code: status, message } });
}
