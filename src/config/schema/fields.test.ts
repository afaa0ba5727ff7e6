import { describe, expect, test } from 'vitest';
import { FIELDS, holdsSecret } from './fields.ts';
import { findSchema } from './schema-tree.ts';

describe('every setting', () => {
  test.each(FIELDS.map((field) => [field.path, field] as const))(
    '%s tells what it means and takes',
    (_, field) => {
      expect(field.meaning).toMatch(/\.$/);
      expect(field.allowed).not.toBe('');
    },
  );

  test.each(FIELDS.map((field) => [field.path, field] as const))('%s allows its own default', (_, field) => {
    expect(findSchema(field.keys)?.safeParse(field.defaultValue).success).toBe(true);
  });

  test('has a variable of its own', () => {
    expect(new Set(FIELDS.map((field) => field.variable)).size).toBe(FIELDS.length);
  });

  test('is optional only if nothing stands for it, or its default depends on others', () => {
    const without = FIELDS.filter((field) => field.defaultValue === undefined);
    expect(without.map((field) => field.path)).toEqual([
      'tls.certFile',
      'tls.keyFile',
      'http.apiKey',
      'auth.hmacSecret',
      'auth.hmacPreviousSecret',
      'auth.publicKey',
      'auth.jwksUrl',
      'auth.audience',
      'auth.issuer',
      'auth.userBoundary',
      'auth.personalRoom',
      'limits.handshakesPerSecond',
      'inspector.token',
      'metrics.token',
      'tars.locator',
      'tars.set',
      'tars.listen',
      'tars.secret',
      'monitor.redis.url',
      'redis.url',
      'redis.sentinelMaster',
      'redis.caFile',
      'broadcast',
      'hooks.connect',
      'hooks.refresh',
      'hooks.subscribe',
      'hooks.publish',
      'hooks.subRefresh',
      'hooks.rpc',
    ]);
  });
});

test.each([
  ['port', 'STATECAST_PORT'],
  ['dataDir', 'STATECAST_DATA_DIR'],
  ['http.apiKey', 'STATECAST_HTTP_API_KEY'],
  ['auth.hmacPreviousSecret', 'STATECAST_AUTH_HMAC_PREVIOUS_SECRET'],
  ['limits.messageBytes', 'STATECAST_LIMITS_MESSAGE_BYTES'],
  ['membership.flushMs', 'STATECAST_MEMBERSHIP_FLUSH_MS'],
])('the variable of %s is %s', (path, variable) => {
  expect(FIELDS.find((field) => field.path === path)?.variable).toBe(variable);
});

test('the flags are those of the command line', () => {
  const flags = FIELDS.flatMap((field) => field.flag ?? []);
  expect(flags).toEqual([
    '--host <address>',
    '--port <number>',
    '--data-dir <dir>',
    '--transport <name>',
    '--workers <number>',
    '--log-level <level>',
    '--demo',
  ]);
});

test('a secret is held by its own place and by the sections around it', () => {
  expect(holdsSecret(['http', 'apiKey'])).toBe(true);
  expect(holdsSecret(['http'])).toBe(true);
  expect(holdsSecret([])).toBe(true);
  expect(holdsSecret(['http', 'open'])).toBe(false);
  expect(holdsSecret(['limits'])).toBe(false);
});
