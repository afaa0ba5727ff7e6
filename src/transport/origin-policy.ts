/** Which web pages may use this server. Browsers send the origin of the page; other programs send no origin. */

import { isLoopbackHost } from '../system/loopback.ts';
import type { RequestHead } from './common/transport.ts';

/** Whether the page that made the request may do so. */
export type OriginPolicy = (request: RequestHead) => boolean;

/** The origin of pages that have none: of those opened from disk, and also of frames in a sandbox, of any site. */
const NO_ORIGIN = 'null';

/**
 * Allows requests without an `Origin`, from the same host and port, from pages served on loopback, and from the listed
 * origins (docs/decisions/0003-who-may-connect.md).
 * @param allowedOrigins `*` allows all, `null` allows pages without an origin.
 */
export function createOriginPolicy(allowedOrigins: readonly string[]): OriginPolicy {
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase()));
  return (request) => {
    const origin = request.header('origin')?.toLowerCase();
    if (origin === undefined || allowed.has('*') || allowed.has(origin)) return true;
    if (!URL.canParse(origin)) return false;
    const { host, hostname } = new URL(origin);
    return isLoopbackHost(hostname) || host === request.header('host')?.toLowerCase();
  };
}

/** Whether the page has no origin. The pages of the TarsPHP example are opened from disk, and have none. */
export function hasNoOrigin(request: RequestHead): boolean {
  return request.header('origin')?.toLowerCase() === NO_ORIGIN;
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
 * browser still sends its request, so a request without a key must be checked before it changes something. A page without
 * an origin may be of any site, so that it is always foreign: a frame in a sandbox has none, and a form may hide its own.
 * If there is no `Origin` header, as with an image or a link, `Sec-Fetch-Site` tells whether the page is of this origin, or
 * nobody's (`none`: the address bar). Another port of this machine, and a neighbouring name, are the same site and not this
 * origin.
 */
export function isForeignPage(request: RequestHead, allows: OriginPolicy): boolean {
  if (request.header('origin') !== undefined) return hasNoOrigin(request) || !allows(request);
  const site = request.header('sec-fetch-site');
  return site !== undefined && site !== 'same-origin' && site !== 'none';
}
