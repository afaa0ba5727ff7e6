/** The signature of a webhook: how it is made, and how a receiver checks it. */

import { createHmac, timingSafeEqual } from 'node:crypto';

const SCHEME = 'sha256=';
const DEFAULT_TOLERANCE_SECONDS = 300;

/** The names of the headers, in small letters as Node.js gives them. */
export const WEBHOOK_HEADERS = {
  signature: 'x-statecast-signature',
  time: 'x-statecast-time',
  id: 'x-statecast-id',
} as const;

/**
 * Signs a body: `sha256=` and the HMAC of `time.body` in hex, for each secret, with a comma between them.
 * @param time milliseconds since 1970, as the header has it
 */
export function signWebhook(secrets: readonly string[], time: string, body: string | Uint8Array): string {
  return secrets.map((secret) => SCHEME + digest(secret, time, body)).join(',');
}

export interface VerifyWebhookOptions {
  readonly secret: string;
  /** The headers of the request, by their names in small letters. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it came: parsed and written again, it would be another. */
  readonly body: string | Uint8Array;
  /** How old or how far ahead the request may be, in seconds. Default: 300. */
  readonly toleranceSeconds?: number;
  /** The date, in milliseconds since 1970. Default: now. */
  readonly now?: number;
}

export type WebhookCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'no signature' | 'no time' | 'too old' | 'wrong signature' };

/** Checks that a request comes from a server with this secret, and is not an old one. It does not throw. */
export function verifyWebhook({
  secret,
  headers,
  body,
  toleranceSeconds = DEFAULT_TOLERANCE_SECONDS,
  now = Date.now(),
}: VerifyWebhookOptions): WebhookCheck {
  const signatures = textOf(headers[WEBHOOK_HEADERS.signature]);
  const time = textOf(headers[WEBHOOK_HEADERS.time]);
  if (signatures === '') return { ok: false, reason: 'no signature' };
  if (!/^\d{1,16}$/.test(time)) return { ok: false, reason: 'no time' };
  const expected = Buffer.from(SCHEME + digest(secret, time, body));
  const isRight = signatures.split(',').some((signature) => isEqual(Buffer.from(signature.trim()), expected));
  if (!isRight) return { ok: false, reason: 'wrong signature' };
  const isTimely = Math.abs(now - Number(time)) <= toleranceSeconds * 1000;
  return isTimely ? { ok: true } : { ok: false, reason: 'too old' };
}

function digest(secret: string, time: string, body: string | Uint8Array): string {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest('hex');
}

function isEqual(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function textOf(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : (header?.join(',') ?? '');
}
