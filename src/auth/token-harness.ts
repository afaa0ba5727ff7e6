/** For tests: makes tokens, also wrong ones. */

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, type JWTHeaderParameters } from 'jose';

/** The date of the tests, in seconds since 1970. */
export const NOW = 1_900_000_000;

export const SECRET = 'a secret that is long enough for all';

/** Signs claims. Default: with HS256 and {@link SECRET}. */
export function signToken(
  claims: object,
  key: KeyObject | string = SECRET,
  header: JWTHeaderParameters = { alg: 'HS256' },
): Promise<string> {
  const signingKey = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  return new SignJWT({ ...claims }).setProtectedHeader(header).sign(signingKey);
}

/** A key pair; the public key also as PEM. */
export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
  readonly pem: string;
}

export function makeEcKeys(namedCurve = 'P-256'): KeyPair {
  return withPem(generateKeyPairSync('ec', { namedCurve }));
}

export function makeRsaKeys(modulusLength = 2048): KeyPair {
  return withPem(generateKeyPairSync('rsa', { modulusLength }));
}

export function makeEdKeys(): KeyPair {
  return withPem(generateKeyPairSync('ed25519'));
}

function withPem(keys: { publicKey: KeyObject; privateKey: KeyObject }): KeyPair {
  return { ...keys, pem: keys.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** Any header and claims, with this signature. */
export function forgeToken(header: object, claims: object, signature = ''): string {
  return [encode(header), encode(claims), signature].join('.');
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
