/** The keys that tokens may be signed with, each with the only algorithms that it is used for. It knows no claims. */

import type { KeyObject } from 'node:crypto';
import type { CryptoKey, JWSHeaderParameters } from 'jose';
import type { Clock } from '../system/clock.ts';
import { PUBLIC_KEY_ALGORITHMS, readPublicKey } from '../system/public-key.ts';
import { createKeySet, type KeySetOptions } from './key-set.ts';
import type { KeySettings } from './key-settings.ts';

export interface TokenKey {
  /** By these names, a public key is never taken for a secret, nor the other way round; `none` is not among them. */
  readonly algorithms: readonly string[];
  /** @param header that of a token with one of the algorithms. */
  readonly find: (header: JWSHeaderParameters) => Promise<CryptoKey | KeyObject>;
}

/**
 * Makes the keys: secret, previous secret, public key, key set. Nothing is fetched yet.
 * @throws {TypeError} for a `publicKey` or `jwksUrl` that the settings would refuse.
 */
export function createTokenKeys(settings: KeySettings, clock: Clock, options: KeySetOptions): TokenKey[] {
  const { hmacSecret, hmacPreviousSecret, publicKey, jwksUrl } = settings;
  const keys = [hmacSecret, hmacPreviousSecret].filter((secret) => secret !== undefined).map(createSecretKey);
  if (publicKey !== undefined) keys.push(createPemKey(publicKey));
  if (jwksUrl !== undefined) {
    keys.push({ algorithms: PUBLIC_KEY_ALGORITHMS, find: createKeySet(jwksUrl, clock, options) });
  }
  return keys;
}

/** The hash of each algorithm that takes a secret. */
const HMAC_HASHES = { HS256: 'SHA-256', HS384: 'SHA-384', HS512: 'SHA-512' } as const;

function createSecretKey(secret: string): TokenKey {
  const bytes = new TextEncoder().encode(secret);
  // A key of Web Crypto has one hash.
  const imported = new Map<string | undefined, Promise<CryptoKey>>();
  return {
    algorithms: Object.keys(HMAC_HASHES),
    find({ alg }) {
      let key = imported.get(alg);
      if (key === undefined) {
        const hash = HMAC_HASHES[alg as keyof typeof HMAC_HASHES];
        key = crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['verify']);
        imported.set(alg, key);
      }
      return key;
    },
  };
}

/** `jose` keeps what it makes of the key for each algorithm. */
function createPemKey(pem: string): TokenKey {
  const reading = readPublicKey(pem);
  if (reading.type === 'unusable') throw new TypeError(`auth.publicKey: ${reading.reason}`);
  const { key, algorithms } = reading;
  return { algorithms, find: () => Promise.resolve(key) };
}
