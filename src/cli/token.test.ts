import { describe, expect, test } from 'vitest';
import { createTokenVerifier } from '../auth/token-verifier.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import { parseSettings } from '../config/parse-settings.ts';
import type { Settings, SettingsInput } from '../config/schema/settings.ts';
import { FakeClock } from '../system/clock-harness.ts';
import { runToken, type TokenFlags } from './token.ts';

const SECRET = 'a secret that is long enough for all';
const NOW_MS = 1_900_000_000_500;
const clock = new FakeClock(NOW_MS);

function makeSettings(auth: SettingsInput['auth']): Settings {
  const parsed = parseSettings({ auth });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

async function makeToken(flags: TokenFlags, settings = makeSettings({ hmacSecret: SECRET })) {
  const { exitCode, stdout, stderr } = await runToken(settings, flags, clock);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  return stdout.trim();
}

function verifierOf(settings: Settings) {
  const verifier = createTokenVerifier(settings.auth, clock);
  if (verifier === undefined) throw new Error('the settings of this test have a secret');
  return verifier;
}

async function failureOf(flags: TokenFlags): Promise<string> {
  const { exitCode, stdout, stderr } = await runToken(makeSettings({ hmacSecret: SECRET }), flags, clock);
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
  return stderr;
}

describe('a token that the command makes', () => {
  const settings = makeSettings({ hmacSecret: SECRET, hmacPreviousSecret: 'before' });

  test('is taken by the server', async () => {
    const token = await makeToken({ user: 'ann', info: '{"name":"Zoë"}' }, settings);
    expect(await verifierOf(settings).verifyConnection(token)).toEqual({
      type: 'valid',
      claims: { user: 'ann', rooms: {}, info: { name: 'Zoë' }, issuedAt: 1_900_000_000_000 },
    });
  });

  test('may be for a room', async () => {
    const token = await makeToken({ user: 'ann', channel: 'room1', expires: '1h', info: '0' }, settings);
    expect(await verifierOf(settings).verifySubscription(token)).toEqual({
      type: 'valid',
      claims: {
        user: 'ann',
        room: 'room1',
        info: 0,
        expiresAt: 1_900_003_600_000,
        issuedAt: 1_900_000_000_000,
      },
    });
    expect(await verifierOf(settings).verifyConnection(token)).toMatchObject({ type: 'invalid' });
  });

  test.each([
    ['90', 90],
    ['90s', 90],
    ['15m', 15 * 60],
    ['1h', 3_600],
    ['7d', 7 * 86_400],
  ])('expires after %s', async (expires, seconds) => {
    const token = await makeToken({ user: 'ann', expires }, settings);
    expect(await verifierOf(settings).verifyConnection(token)).toMatchObject({
      claims: { expiresAt: (1_900_000_000 + seconds) * 1000 },
    });
  });

  test('may be for an anonymous user', async () => {
    const token = await makeToken({ user: '' }, settings);
    expect(await verifierOf(settings).verifyConnection(token)).toMatchObject({ claims: { user: '' } });
  });

  test('is for the audience and from the issuer of the settings', async () => {
    const strict = makeSettings({ hmacSecret: SECRET, audience: 'chat', issuer: 'https://login.example' });
    const token = await makeToken({ user: 'ann' }, strict);
    expect(await verifierOf(strict).verifyConnection(token)).toMatchObject({ type: 'valid' });
  });
});

describe('the command refuses', () => {
  test.each(['', '0', '0h', '-1', '1.5h', '1w', 'soon', '1h30m', '99999999999d', '9'.repeat(400)])(
    'the time %j, and says what is allowed',
    async (expires) => {
      expect(await failureOf({ user: 'ann', expires })).toMatch(
        /^statecast: --expires needs a time above 0 such as 90s, 15m, 1h or 7d .*\n$/,
      );
    },
  );

  test('a number in the info that would be rounded', async () => {
    expect(await failureOf({ user: 'ann', info: '{"id":9007199254740993}' })).toMatch(/would lose digits/);
  });

  test.each(['', '{', 'red', "{'a':1}"])('the info %j', async (info) => {
    expect(await failureOf({ user: 'ann', info })).toMatch(/^statecast: --info needs JSON such as /);
  });

  test('a room without a name', async () => {
    expect(await failureOf({ user: 'ann', channel: '' })).toMatch(/--channel needs the name of a room/);
  });

  test('what the server would refuse', async () => {
    expect(await failureOf({ user: 'x'.repeat(256) })).toMatch(
      /the server would refuse this token: sub is longer than 255 characters/,
    );
    expect(await failureOf({ user: 'ann', channel: 'x'.repeat(256) })).toMatch(/channel is longer/);
    expect(await failureOf({ user: 'ann', info: `"${'x'.repeat(70_000)}"` })).toMatch(/longer than 65536/);
  });

  test('settings without a secret, and says which to set', async () => {
    const attempt = runToken(makeSettings({}), { user: 'ann' }, clock);
    await expect(attempt).rejects.toThrow(ConfigError);
    await expect(attempt).rejects.toThrow(/auth\.hmacSecret.*STATECAST_AUTH_HMAC_SECRET/);
  });
});
