/**
 * The keys of a JWKS (RFC 7517) at a URL: fetched when a token first needs one, kept, and fetched again when a token names
 * a key that is not among them. The URL is the settings': no address out of a token is ever used.
 */

import type { CryptoKey, JWSHeaderParameters } from 'jose';
import * as errors from 'jose/errors';
import { createRemoteJWKSet, customFetch } from 'jose/jwks/remote';
import type { Clock } from '../system/clock.ts';

/** The keys could not be fetched or read. It says nothing about the token. */
export class KeysUnavailableError extends Error {
  override readonly name = 'KeysUnavailableError';
  readonly code = 'KEYS_UNAVAILABLE';
}

export type FindKey = (header: JWSHeaderParameters) => Promise<CryptoKey>;

export interface KeySetOptions {
  /** How long the server of the keys has for its answer, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 5_000;
/** Keys that are older are fetched before they are used: a key that was taken back is refused after this time. */
const MAX_AGE_MS = 10 * 60_000;
/** Tokens with unknown keys cost the server of the keys no more than one request in this time. */
const COOLDOWN_MS = 5_000;
/** While the server of the keys fails, it is asked no more often than this. */
const PAUSE_MS = 1_000;
/** More than a thousand RSA keys. */
const MAX_BYTES = 1024 * 1024;

/**
 * Finds the key of a token by the `kid` and `alg` of its header. The promise rejects with {@link KeysUnavailableError} if
 * the keys could not be fetched, and with an error of `jose` if none of them, or more than one, fits.
 */
export function createKeySet(
  url: string,
  clock: Clock,
  { timeoutMs = TIMEOUT_MS }: KeySetOptions = {},
): FindKey {
  const find = createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cacheMaxAge: MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
    [customFetch]: createPausingFetch(clock),
  });
  return async (header) => {
    try {
      return await find(header);
    } catch (error) {
      if (isAboutToken(error)) throw error;
      throw new KeysUnavailableError(`the keys at ${new URL(url).origin} cannot be used`, { cause: error });
    }
  };
}

function isAboutToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  );
}

/** Fetches within the bounds. `jose` never fetches twice at a time. */
function createPausingFetch(clock: Clock): (url: string, init: RequestInit) => Promise<Response> {
  let pausedUntil = -Infinity;
  let failure: unknown;
  return async (url, init) => {
    if (clock.monotonic() < pausedUntil) {
      throw new Error('the keys could not be used, and are not fetched again so soon', { cause: failure });
    }
    failure = undefined;
    try {
      return await fetchBounded(url, init);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      // Also after an answer: it may be no set of keys. A good one is kept for longer than this.
      pausedUntil = clock.monotonic() + PAUSE_MS;
    }
  };
}

/** Redirects are not followed: `jose` asks for that, and takes nothing but 200. */
async function fetchBounded(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw new Error(`the answer has the status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop ends the request.
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw new Error(`the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Response.json(JSON.parse(Buffer.concat(chunks).toString('utf8')));
}
