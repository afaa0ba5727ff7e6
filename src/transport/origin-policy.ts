/** Which web pages may use this server. Browsers send the origin of the page; other programs send no origin. */

import { isLoopbackHost } from '../system/loopback.ts';
import type { RequestHead } from './common/transport.ts';

export interface OriginPolicyOptions {
  /** Allowed origins, in addition to the same host and loopback. `*` allows all, `null` allows pages without an origin. */
  readonly allowedOrigins: readonly string[];
  /** Whether the server listens on a loopback address only. */
  readonly onLoopback: boolean;
}

/** Whether the page that made the request may do so. */
export type OriginPolicy = (request: RequestHead) => boolean;

/**
 * Allows requests without an `Origin`, from the same host and port, from pages served on loopback, and from the listed
 * origins. Pages opened from disk have the origin `null`. They are allowed if the server listens on loopback only,
 * because the pages of the TarsPHP example are opened from disk (docs/decisions/0003-who-may-connect.md).
 */
export function createOriginPolicy({ allowedOrigins, onLoopback }: OriginPolicyOptions): OriginPolicy {
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  return (request) => {
    const origin = request.header('origin')?.toLowerCase();
    if (origin === undefined || allowed.has('*') || allowed.has(origin)) return true;
    if (origin === 'null') return onLoopback;
    if (!URL.canParse(origin)) return false;
    const { host, hostname } = new URL(origin);
    return isLoopbackHost(hostname) || host === request.header('host')?.toLowerCase();
  };
}

/** Allows the listed origins, and no others; `*` is any. */
export function allowsListed(origins: readonly string[]): OriginPolicy {
  const allowed = new Set(origins.map((origin) => origin.toLowerCase()));
  return (request) => {
    const origin = request.header('origin')?.toLowerCase();
    return origin !== undefined && (allowed.has('*') || allowed.has(origin));
  };
}

/** Allows requests without an `Origin`, and from pages of the same host and port. */
export function allowsOwnPages(request: RequestHead): boolean {
  const origin = request.header('origin')?.toLowerCase();
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.header('host')?.toLowerCase();
}

/**
 * Whether a request was made by a page of an origin that is not allowed. Such a page cannot read the answer, but the
 * browser still sends its request, so a request without a key must be checked before it changes something. If there is
 * no `Origin`, `Sec-Fetch-Site` is read.
 */
export function isForeignPage(request: RequestHead, allows: OriginPolicy): boolean {
  if (request.header('origin') !== undefined) return !allows(request);
  return request.header('sec-fetch-site') === 'cross-site';
}
