/** Which web pages may speak to this server: browsers tell the page's origin, and other programs tell none. */

import { isLoopbackHost } from '../system/loopback.ts';
import type { RequestHead } from './transport.ts';

export interface OriginPolicyOptions {
  /** Origins that are let in besides the same host and loopback; `*` lets all in, `null` those of no origin. */
  readonly allowedOrigins: readonly string[];
  /** Whether the server listens on a loopback address only. */
  readonly onLoopback: boolean;
}

/** Whether a request may have been made by the page it names. */
export type OriginPolicy = (request: RequestHead) => boolean;

/**
 * Lets in: requests without an `Origin`, the same host and port, pages served from loopback, and the
 * list. Pages opened from disk have the origin `null`; they are let in on loopback, where the pages of the
 * TarsPHP example are opened that way (docs/decisions/0003-who-may-connect.md).
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

/**
 * Whether a request without a key may change something: a foreign page can make a browser send one
 * without reading the answer, and where it names no origin, the fetch metadata tells.
 */
export function isForeignPage(request: RequestHead, allows: OriginPolicy): boolean {
  if (request.header('origin') !== undefined) return !allows(request);
  return request.header('sec-fetch-site') === 'cross-site';
}
