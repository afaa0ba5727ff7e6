/** Reads public keys in PEM, and tells which signatures they can check. It knows no tokens. */

import { createPublicKey, type KeyObject } from 'node:crypto';

export type PublicKeyReading =
  | {
      readonly type: 'key';
      readonly key: KeyObject;
      /** The signatures that it can check, by their names in JWTs (RFC 7518, RFC 8037, RFC 9864). */
      readonly algorithms: readonly string[];
    }
  | { readonly type: 'unusable'; readonly reason: string };

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const EDDSA_ALGORITHMS = ['EdDSA', 'Ed25519'];
/** By the curve, as OpenSSL names it. */
const EC_ALGORITHMS: ReadonlyMap<string | undefined, string> = new Map([
  ['prime256v1', 'ES256'],
  ['secp384r1', 'ES384'],
  ['secp521r1', 'ES512'],
]);
/** RFC 7518, section 3.3. */
const MIN_RSA_BITS = 2048;

/** Every signature that some public key can check. */
export const PUBLIC_KEY_ALGORITHMS: readonly string[] = [
  ...RSA_ALGORITHMS,
  ...EC_ALGORITHMS.values(),
  ...EDDSA_ALGORITHMS,
];

/**
 * Reads a public key (SPKI or PKCS #1) or the key of a certificate. `\n` in two characters is a line break too, because
 * environment variables often have it so; spaces before a line do not count. Dates and the issuer of a certificate are not checked.
 */
export function readPublicKey(pem: string): PublicKeyReading {
  const text = pem.replaceAll(String.raw`\n`, '\n').replaceAll(/^\s+/gm, '');
  // Node.js would take the public part of it.
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return unusable('it is a private key');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch {
    return unusable('it cannot be read as PEM');
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = key;
  if (type === 'rsa') {
    const bits = details.modulusLength ?? 0;
    if (bits < MIN_RSA_BITS) return unusable(`it is an RSA key of ${bits} bits, which is too short`);
    return { type: 'key', key, algorithms: RSA_ALGORITHMS };
  }
  if (type === 'ed25519') return { type: 'key', key, algorithms: EDDSA_ALGORITHMS };
  if (type !== 'ec') return unusable(`it is a key of the kind ${type ?? 'unknown'}`);
  const algorithm = EC_ALGORITHMS.get(details.namedCurve);
  if (algorithm === undefined) return unusable(`it is an EC key of the curve ${details.namedCurve}`);
  return { type: 'key', key, algorithms: [algorithm] };
}

function unusable(reason: string): PublicKeyReading {
  return { type: 'unusable', reason };
}
