/** Verifies JWTs (RFC 7519): the signature, the times, who they are for, and their claims. It knows no connections. */

import type { JWSHeaderParameters } from 'jose';
import { decodeProtectedHeader } from 'jose/decode/protected_header';
import * as errors from 'jose/errors';
import { jwtVerify } from 'jose/jwt/verify';
import type { Clock } from '../system/clock.ts';
import type { KeySetOptions } from './key-set.ts';
import { ClaimError, readConnectionClaims, readSubscriptionClaims, type ClaimsSet } from './read-claims.ts';
import type { KeySettings } from './key-settings.ts';
import { createTokenKeys } from './token-keys.ts';
import type { TokenOutcome, TokenVerifier } from './token-outcome.ts';

/** The part of the settings `auth` that is about tokens. */
export interface TokenSettings extends KeySettings {
  /** Tokens must have it in `aud`. Absent: `aud` is not looked at. */
  readonly audience?: string | undefined;
  /** Tokens must have it as `iss`. Absent: `iss` is not looked at. */
  readonly issuer?: string | undefined;
}

/** A longer token is not looked at. */
const MAX_TOKEN_LENGTH = 64 * 1024;

/**
 * Makes the verifier; undefined if the settings have no key. Of several keys, those are tried that the algorithm of the
 * token is for, in this order: secret, previous secret, public key, key set.
 * @param clock Its date judges `exp` and `nbf`, without leeway.
 * @throws {TypeError} for a `publicKey` or `jwksUrl` that the settings would refuse.
 */
export function createTokenVerifier(
  settings: TokenSettings,
  clock: Clock,
  options: KeySetOptions = {},
): TokenVerifier | undefined {
  const keys = createTokenKeys(settings, clock, options);
  if (keys.length === 0) return undefined;
  const { audience, issuer } = settings;
  const expected = { ...(audience !== undefined && { audience }), ...(issuer !== undefined && { issuer }) };

  /** Returns the claims of a token that one of the keys has signed. */
  async function open(token: string): Promise<{ claims: ClaimsSet; isExpired: boolean }> {
    const header = readHeader(token);
    const fitting = keys.filter(({ algorithms }) => algorithms.includes(header.alg ?? ''));
    for (const { algorithms, find } of fitting) {
      try {
        const key = await find(header);
        const currentDate = new Date(clock.now());
        const { payload } = await jwtVerify(token, key, {
          ...expected,
          currentDate,
          algorithms: [...algorithms],
        });
        return { claims: payload, isExpired: false };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { claims: error.payload, isExpired: true };
        if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
      }
    }
    throw new ClaimError(
      fitting.length === 0 ? 'no key is for its algorithm' : 'its signature is not of any key',
    );
  }

  async function verify<Claims extends { readonly expiresAt?: number }>(
    token: string,
    read: (claims: ClaimsSet) => Claims,
  ): Promise<TokenOutcome<Claims>> {
    if (token.length > MAX_TOKEN_LENGTH) return invalid(`it is longer than ${MAX_TOKEN_LENGTH} characters`);
    try {
      const opened = await open(token);
      const claims = read(opened.claims);
      const { expiresAt = Infinity } = claims;
      if (opened.isExpired || expiresAt <= clock.now()) return { type: 'expired' };
      return { type: 'valid', claims };
    } catch (error) {
      return isAboutToken(error) ? invalid(error.message) : { type: 'unavailable', error };
    }
  }

  return {
    verifyConnection: (token) => verify(token, readConnectionClaims),
    verifySubscription: (token) => verify(token, readSubscriptionClaims),
  };
}

/** `jose` throws a `TypeError`, which is otherwise one for a key that cannot be used. */
function readHeader(token: string): JWSHeaderParameters {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw new ClaimError('it is no JWT');
  }
}

function isAboutToken(error: unknown): error is Error {
  return error instanceof ClaimError || error instanceof errors.JOSEError;
}

function invalid(reason: string): { readonly type: 'invalid'; readonly reason: string } {
  return { type: 'invalid', reason };
}
