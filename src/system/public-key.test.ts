import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPublicKey } from './public-key.ts';

function toPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

describe('a public key', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const RSA = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];

  test.each([
    ['RSA', rsa.publicKey, RSA],
    ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey, ['ES256']],
    ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, ['ES384']],
    ['P-521', generateKeyPairSync('ec', { namedCurve: 'P-521' }).publicKey, ['ES512']],
    ['Ed25519', generateKeyPairSync('ed25519').publicKey, ['EdDSA', 'Ed25519']],
  ])('of the kind %s has its own algorithms', (_, key, algorithms) => {
    expect(readPublicKey(toPem(key))).toMatchObject({ type: 'key', algorithms });
  });

  test('may be PKCS #1', () => {
    const pem = rsa.publicKey.export({ type: 'pkcs1', format: 'pem' }).toString();
    expect(readPublicKey(pem)).toMatchObject({ type: 'key', algorithms: RSA });
  });

  test('may have its line breaks as \\n, and spaces around it', () => {
    const pem = toPem(rsa.publicKey);
    const reading = readPublicKey(`  ${pem.replaceAll('\n', '\\n')}  `);
    expect(reading.type === 'key' && toPem(reading.key)).toBe(pem);
  });

  test.each<[string, string]>([
    ['it cannot be read as PEM', ''],
    ['it cannot be read as PEM', 'a secret'],
    ['it cannot be read as PEM', toPem(rsa.publicKey).slice(0, 100)],
    ['it is a private key', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['it is a private key', rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    [
      'it is an RSA key of 1024 bits, which is too short',
      toPem(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey),
    ],
    [
      'it is an EC key of the curve secp256k1',
      toPem(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
    ],
    ['it is a key of the kind x25519', toPem(generateKeyPairSync('x25519').publicKey)],
  ])('is unusable: %s', (reason, pem) => {
    expect(readPublicKey(pem)).toEqual({ type: 'unusable', reason });
  });
});
