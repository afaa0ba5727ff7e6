import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { findWarnings } from './access-words.ts';
import type { ConfigProblem } from './layer/config-error.ts';
import { loadSettings } from './load-settings.ts';
import { parseSettings } from './parse-settings.ts';
import type { Settings, SettingsInput } from './schema/settings.ts';

type AuthInput = NonNullable<SettingsInput['auth']>;

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const PEM = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

function parseGood(auth: AuthInput, host = '127.0.0.1'): Settings {
  const parsed = parseSettings({ host, auth });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

function parseBad(auth: unknown, rest: object = {}): readonly ConfigProblem[] {
  const parsed = parseSettings({ auth, ...rest });
  return parsed.ok ? [] : parsed.problems;
}

const EXPOSED = { host: '0.0.0.0', http: { open: true } };

describe('settings of auth', () => {
  test.each<AuthInput>([
    { hmacSecret: 'secret', hmacPreviousSecret: 'x' },
    { publicKey: PEM },
    { publicKey: PEM.replaceAll('\n', '\\n') },
    { jwksUrl: 'https://login.example/keys?of=chat' },
    { jwksUrl: 'http://127.0.0.1:9000/keys' },
    { anonymous: false },
    { audience: 'chat', issuer: 'https://login.example', userBoundary: '#', personalRoom: 'user' },
    { userBoundary: '→' },
    { userBoundary: '🔒' },
  ])('are taken: %j', (auth) => {
    expect(parseGood(auth).auth).toEqual({ insecure: false, anonymous: true, ...auth });
  });

  test.each<[string, unknown]>([
    ['auth.insecure', { insecure: 'yes' }],
    ['auth.hmacSecret', { hmacSecret: '' }],
    ['auth.publicKey', { publicKey: 'nonsense' }],
    ['auth.publicKey', { publicKey: PEM.slice(0, 60) }],
    ['auth.publicKey', { publicKey: PRIVATE_PEM }],
    ['auth.jwksUrl', { jwksUrl: 'login.example/keys' }],
    ['auth.jwksUrl', { jwksUrl: 'file:///etc/keys' }],
    ['auth.jwksUrl', { jwksUrl: 'https://user:password@login.example/keys' }],
    ['auth.audience', { audience: '' }],
    ['auth.userBoundary', { userBoundary: '' }],
    ['auth.userBoundary', { userBoundary: '##' }],
    ['auth.userBoundary', { userBoundary: ',' }],
    ['auth.userBoundary', { userBoundary: '*' }],
    ['auth.userBoundary', { userBoundary: ' ' }],
    ['auth.personalRoom', { personalRoom: '' }],
    ['auth.hmacPreviousSecret', { hmacPreviousSecret: 'x' }],
  ])('are refused at %s, as in case %#', (path, auth) => {
    expect(parseBad(auth).map((problem) => problem.path)).toEqual([path]);
  });

  test('are never shown where they are secret, not even a private key in the wrong place', () => {
    for (const auth of [
      { hmacSecret: ['swordfish'] },
      { hmacPreviousSecret: 'swordfish' },
      { hmacsecret: 'swordfish' },
      { publicKey: `swordfish ${PRIVATE_PEM}` },
      'swordfish',
    ]) {
      const problems = parseBad(auth);
      expect(problems).toHaveLength(1);
      expect(JSON.stringify(problems)).not.toContain('swordfish');
    }
  });

  test('say what to do about a previous secret alone', () => {
    expect(parseBad({ hmacPreviousSecret: 'x' })).toEqual([
      {
        path: 'auth.hmacPreviousSecret',
        given: '(set)',
        allowed: 'nothing, unless auth.hmacSecret (STATECAST_AUTH_HMAC_SECRET) is set too',
      },
    ]);
  });

  test('may be insecure on this machine only', () => {
    for (const host of ['127.0.0.1', 'localhost', '::1']) {
      expect(parseGood({ insecure: true }, host).auth.insecure).toBe(true);
    }
    expect(parseBad({ insecure: true }, EXPOSED)).toEqual([
      {
        path: 'auth.insecure',
        given: 'true',
        allowed: 'false: on 0.0.0.0 everybody who reaches it could do everything. It is for host 127.0.0.1',
      },
    ]);
  });

  test('come from the environment too, and a problem tells its source', () => {
    const env = {
      STATECAST_HOST: '0.0.0.0',
      STATECAST_HTTP_OPEN: 'true',
      STATECAST_AUTH_INSECURE: '1',
      STATECAST_AUTH_HMAC_PREVIOUS_SECRET: 'old',
    };
    expect(() => loadSettings({ env, flags: {} })).toThrow(
      expect.objectContaining({
        problems: [
          expect.objectContaining({ path: 'auth.insecure', source: 'environment STATECAST_AUTH_INSECURE' }),
          expect.objectContaining({
            path: 'auth.hmacPreviousSecret',
            source: 'environment STATECAST_AUTH_HMAC_PREVIOUS_SECRET',
          }),
        ],
      }),
    );
    const good = { STATECAST_AUTH_HMAC_SECRET: 'new', STATECAST_AUTH_HMAC_PREVIOUS_SECRET: 'old' };
    expect(loadSettings({ env: good, flags: {} }).auth).toMatchObject({
      hmacSecret: 'new',
      hmacPreviousSecret: 'old',
    });
  });
});

describe('warnings', () => {
  const long = 'x'.repeat(32);

  test('are none for what is safe', () => {
    for (const auth of [{}, { hmacSecret: long, hmacPreviousSecret: long }, { publicKey: PEM }]) {
      expect(findWarnings(parseGood(auth))).toEqual([]);
    }
  });

  test('name each setting that is dangerous, without its value', () => {
    const auth = { insecure: true, hmacSecret: 'swordfish', hmacPreviousSecret: 'swordfish' };
    const warnings = findWarnings(parseGood(auth));
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'auth.insecure',
      'auth.hmacSecret',
      'auth.hmacPreviousSecret',
    ]);
    expect(warnings.join()).not.toContain('swordfish');
  });

  test('begin below 32 characters', () => {
    expect(findWarnings(parseGood({ hmacSecret: long.slice(1) }))).toHaveLength(1);
    expect(findWarnings(parseGood({ hmacSecret: long }))).toEqual([]);
  });
});
