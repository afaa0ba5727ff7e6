import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../system/clock-harness.ts';
import {
  forgeToken,
  makeEcKeys,
  makeEdKeys,
  makeRsaKeys,
  NOW,
  SECRET,
  signToken,
  type KeyPair,
} from './token-harness.ts';
import type { TokenOutcome, TokenVerifier } from './token-outcome.ts';
import { createTokenVerifier, type TokenSettings } from './token-verifier.ts';

const clock = new FakeClock(NOW * 1000);

function makeVerifier(settings: TokenSettings = { hmacSecret: SECRET }, at = clock): TokenVerifier {
  const verifier = createTokenVerifier(settings, at);
  if (verifier === undefined) throw new Error('the settings of this test have no key');
  return verifier;
}

function verify(token: string, settings?: TokenSettings) {
  return makeVerifier(settings).verifyConnection(token);
}

function reasonOf(outcome: TokenOutcome<unknown>): string | undefined {
  return outcome.type === 'invalid' ? outcome.reason : undefined;
}

const ANN = { type: 'valid', claims: { user: 'ann', rooms: {} } };

test('without a key there is no verifier', () => {
  expect(createTokenVerifier({ audience: 'chat' }, clock)).toBeUndefined();
});

test('a public key that cannot be used is an error at once', () => {
  expect(() => createTokenVerifier({ publicKey: 'nonsense' }, clock)).toThrow(
    'auth.publicKey: it cannot be read as PEM',
  );
});

describe('a secret', () => {
  test.each(['HS256', 'HS384', 'HS512'])('verifies %s', async (alg) => {
    expect(await verify(await signToken({ sub: 'ann' }, SECRET, { alg }))).toEqual(ANN);
  });

  test('may be as short as the operator likes', async () => {
    expect(await verify(await signToken({ sub: 'ann' }, 'x'), { hmacSecret: 'x' })).toEqual(ANN);
  });

  test('does not verify what another one has signed', async () => {
    const outcome = await verify(await signToken({ sub: 'ann' }, 'another secret'));
    expect(reasonOf(outcome)).toBe('its signature is not of any key');
  });

  test('is rotated: tokens of the previous one are taken, and those of the one before are not', async () => {
    const settings = { hmacSecret: 'third', hmacPreviousSecret: 'second' };
    const outcomes = ['third', 'second', 'first'].map(async (secret) =>
      verify(await signToken({ sub: 'ann' }, secret), settings),
    );
    expect((await Promise.all(outcomes)).map(({ type }) => type)).toEqual(['valid', 'valid', 'invalid']);
  });

  test('tells that a token of the previous one is expired', async () => {
    const settings = { hmacSecret: 'third', hmacPreviousSecret: 'second' };
    const token = await signToken({ sub: 'ann', exp: NOW - 1 }, 'second');
    expect(await verify(token, settings)).toEqual({ type: 'expired' });
  });
});

describe('a public key', () => {
  const rsa = makeRsaKeys();
  test.each<[string, KeyPair]>([
    ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'].map((alg): [string, KeyPair] => [alg, rsa]),
    ['ES256', makeEcKeys('P-256')],
    ['ES384', makeEcKeys('P-384')],
    ['ES512', makeEcKeys('P-521')],
    ['EdDSA', makeEdKeys()],
    ['Ed25519', makeEdKeys()],
  ])('verifies %s', async (alg, { pem, privateKey }) => {
    const verifier = makeVerifier({ publicKey: pem });
    const token = await signToken({ sub: 'ann' }, privateKey, { alg });
    expect(await verifier.verifyConnection(token)).toEqual(ANN);
    expect(await verifier.verifyConnection(token)).toEqual(ANN);
  });

  test('does not verify what another one has signed', async () => {
    const token = await signToken({ sub: 'ann' }, makeEcKeys().privateKey, { alg: 'ES256' });
    expect(await verify(token, { publicKey: makeEcKeys().pem })).toMatchObject({ type: 'invalid' });
  });

  test('may be in a certificate', async () => {
    expect(await verify(CERTIFIED_TOKEN, { publicKey: CERTIFICATE })).toEqual(ANN);
  });

  test.each(['HS256', 'HS384', 'HS512'])('is never taken for the secret of %s', async (alg) => {
    for (const secret of [rsa.pem, rsa.pem.trim(), rsa.publicKey.export({ type: 'spki', format: 'der' })]) {
      const unsigned = forgeToken({ alg }, { sub: 'ann' }).slice(0, -1);
      const signature = createHmac(`sha${alg.slice(2)}`, secret)
        .update(unsigned)
        .digest('base64url');
      const outcome = await verify(`${unsigned}.${signature}`, { publicKey: rsa.pem });
      expect(reasonOf(outcome)).toBe('no key is for its algorithm');
    }
  });

  test('stands beside a secret: the algorithm of the token chooses', async () => {
    const settings = { hmacSecret: SECRET, publicKey: rsa.pem };
    expect(await verify(await signToken({ sub: 'ann' }), settings)).toEqual(ANN);
    const token = await signToken({ sub: 'ann' }, rsa.privateKey, { alg: 'RS256' });
    expect(await verify(token, settings)).toEqual(ANN);
  });
});

describe('a token is invalid', () => {
  const claims = { sub: 'ann' };
  test.each([
    ['if it is empty', ''],
    ['if it is no JWT', 'nonsense'],
    ['if it has three parts of nothing', '..'],
    ['if its header is no JSON', `${Buffer.from('{').toString('base64url')}.e30.x`],
    ['if it has no algorithm', forgeToken({}, claims, 'x')],
    ['if its algorithm is a list', forgeToken({ alg: ['HS256'] }, claims, 'x')],
    ['with the algorithm none', forgeToken({ alg: 'none' }, claims)],
    ['with the algorithm NONE', forgeToken({ alg: 'NONE' }, claims)],
    ['with the algorithm none and a signature', forgeToken({ alg: 'none' }, claims, 'x')],
    ['without its signature', forgeToken({ alg: 'HS256' }, claims)],
    ['with five parts, as encrypted ones have', `${forgeToken({ alg: 'HS256' }, claims, 'x')}.y.z`],
    [
      'if it wants an extension that is not known',
      forgeToken({ alg: 'HS256', crit: ['x'], x: 1 }, claims, 'x'),
    ],
  ])('%s', async (_, token) => {
    expect(await verify(token)).toMatchObject({ type: 'invalid', reason: expect.stringMatching(/./) });
  });

  test('if its claims were changed after it was signed', async () => {
    const [header, , signature] = (await signToken({ sub: 'ann' })).split('.');
    const claims = Buffer.from('{"sub":"root"}').toString('base64url');
    expect(await verify(`${header}.${claims}.${signature}`)).toMatchObject({ type: 'invalid' });
  });

  test('if its claims are no object', async () => {
    const unsigned = `${Buffer.from('{"alg":"HS256"}').toString('base64url')}.${Buffer.from('[1]').toString('base64url')}`;
    const signature = createHmac('sha256', SECRET).update(unsigned).digest('base64url');
    expect(await verify(`${unsigned}.${signature}`)).toMatchObject({ type: 'invalid' });
  });

  test('if it is very long', async () => {
    const token = await signToken({ sub: 'ann', info: 'x'.repeat(64 * 1024) });
    expect(reasonOf(await verify(token))).toBe('it is longer than 65536 characters');
  });

  test('with a reason that has nothing of the token', async () => {
    for (const claims of [
      { sub: 'swordfish', exp: 'swordfish' },
      { sub: ['swordfish'] },
      { channel: 'swordfish' },
    ]) {
      const reason = reasonOf(await verify(await signToken(claims)));
      expect(reason).toMatch(/./);
      expect(reason).not.toContain('swordfish');
    }
  });

  test('if its header brings its own key, which is ignored', async () => {
    const { publicKey, privateKey, pem } = makeEcKeys();
    const header = {
      alg: 'ES256',
      jwk: publicKey.export({ format: 'jwk' }),
      jku: 'http://127.0.0.1:9/keys',
      x5u: 'http://127.0.0.1:9/certificate',
    };
    const token = await signToken({ sub: 'ann' }, privateKey, header);
    expect(await verify(token, { publicKey: makeEcKeys().pem })).toMatchObject({ type: 'invalid' });
    expect(await verify(token, { publicKey: pem })).toEqual(ANN);
  });
});

describe('the time', () => {
  test.each([
    [NOW + 1, 'valid'],
    [NOW, 'expired'],
    [NOW - 1, 'expired'],
    [NOW + 0.5, 'valid'],
    [0, 'expired'],
  ])('makes a token with exp %d %s, without leeway', async (exp, type) => {
    expect(await verify(await signToken({ sub: 'ann', exp }))).toMatchObject({ type });
  });

  test('is that of the clock', async () => {
    const at = new FakeClock(NOW * 1000);
    const token = await signToken({ sub: 'ann', exp: NOW + 60 });
    const verifier = makeVerifier(undefined, at);
    expect(await verifier.verifyConnection(token)).toMatchObject({
      type: 'valid',
      claims: { expiresAt: (NOW + 60) * 1000 },
    });
    at.increment(60_000);
    expect(await verifier.verifyConnection(token)).toEqual({ type: 'expired' });
    at.stepWallClock(-60_000);
    expect(await verifier.verifyConnection(token)).toMatchObject({ type: 'valid' });
  });

  test('of exp, with a fraction of a second, is over to the millisecond', async () => {
    const token = await signToken({ sub: 'ann', exp: NOW + 0.5 });
    const at = new FakeClock(NOW * 1000 + 499);
    const verifier = makeVerifier(undefined, at);
    expect(await verifier.verifyConnection(token)).toMatchObject({ type: 'valid' });
    at.increment(1);
    expect(await verifier.verifyConnection(token)).toEqual({ type: 'expired' });
  });

  test.each([
    [NOW, 'valid'],
    [NOW + 1, 'invalid'],
  ])('makes a token with nbf %d %s', async (nbf, type) => {
    expect(await verify(await signToken({ sub: 'ann', nbf }))).toMatchObject({ type });
  });

  test('of expire_at counts as well, and so does that of exp', async () => {
    const types = [
      { expire_at: NOW - 1 },
      { expire_at: NOW - 1, exp: NOW + 60 },
      { expire_at: NOW + 60, exp: NOW - 1 },
      { expire_at: 0, exp: NOW - 1 },
      { expire_at: NOW + 60, exp: NOW + 1 },
    ].map(async (claims) => (await verify(await signToken(claims))).type);
    expect(await Promise.all(types)).toEqual(['expired', 'expired', 'expired', 'expired', 'valid']);
  });

  test('is asked last: a token that is wrong besides is invalid', async () => {
    const token = await signToken({ sub: 7, exp: NOW - 1 });
    expect(reasonOf(await verify(token))).toBe('sub is not a text');
    const forged = await signToken({ sub: 'ann', exp: NOW - 1 }, 'another');
    expect(await verify(forged)).toMatchObject({ type: 'invalid' });
  });
});

describe('the audience and the issuer', () => {
  const settings = { hmacSecret: SECRET, audience: 'chat', issuer: 'https://login.example' };
  test.each([
    [{ aud: 'chat', iss: 'https://login.example' }, 'valid'],
    [{ aud: ['mail', 'chat'], iss: 'https://login.example' }, 'valid'],
    [{ aud: 'mail', iss: 'https://login.example' }, 'invalid'],
    [{ aud: 'chat', iss: 'https://evil.example' }, 'invalid'],
    [{ aud: 'chat' }, 'invalid'],
    [{ iss: 'https://login.example' }, 'invalid'],
  ])('are checked: %j is %s', async (claims, type) => {
    expect(await verify(await signToken({ sub: 'ann', ...claims }), settings)).toMatchObject({ type });
  });

  test('are ignored if the settings have none', async () => {
    expect(await verify(await signToken({ sub: 'ann', aud: 'mail', iss: 'x' }))).toEqual(ANN);
  });
});

describe('a token for a room', () => {
  test('is taken as such, and not as one for a connection', async () => {
    const token = await signToken({ sub: 'ann', channel: 'room1', exp: NOW + 60 });
    expect(await makeVerifier().verifySubscription(token)).toEqual({
      type: 'valid',
      claims: { user: 'ann', room: 'room1', expiresAt: (NOW + 60) * 1000 },
    });
    expect(reasonOf(await verify(token))).toMatch(/it is a token for a room and not for a connection/);
  });

  test('expires too', async () => {
    const token = await signToken({ sub: 'ann', channel: 'room1', exp: NOW - 60 });
    expect(await makeVerifier().verifySubscription(token)).toEqual({ type: 'expired' });
  });

  test('is not what a token for a connection is', async () => {
    const outcome = await makeVerifier().verifySubscription(await signToken({ sub: 'ann' }));
    expect(reasonOf(outcome)).toBe('it has no channel, so it is no token for a room');
  });
});

/** Made by OpenSSL, with a key that is not kept; it has signed the token. */
const CERTIFIED_TOKEN =
  'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.kf0XIoDLjnbSEEgfWm4pizwC1W4KhPKOjCwicUSplmd2VdIlNxNGx8mTark7hJVypI37eivFl8VQmf4qztuhDA';
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdjCCAR2gAwIBAgIUdCfjWd/MK0oPVbrioph+efAbVFAwCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGdG9rZW5zMB4XDTI2MTEzMDE5NDIzNVoXDTI2MTIwMzE5NDIz
NVowETEPMA0GA1UEAwwGdG9rZW5zMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
9e3tM5p8EvKnxjXYGonIO3l0WSwBnO1Ki0S0+u9FsBe+dDAqb4/TMGYElzXcKUIY
VVGhINDhrUK/fqhxjsfGzqNTMFEwHQYDVR0OBBYEFAH1zfUIdBbURuxaOOv1Pj5h
8RfZMB8GA1UdIwQYMBaAFAH1zfUIdBbURuxaOOv1Pj5h8RfZMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgJHbXE0H4zagEcNRbsYZURwwzMC5DFaNs
Up6WEvRtc5QCIERIvfNIYEi/vRhbfRbs42FfLFslqc7EehU1IMypRlJH
-----END CERTIFICATE-----`;
