/** `statecast token`: real processes, and the part of the server that takes their tokens. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createTokenVerifier } from '../src/auth/token-verifier.ts';
import { systemClock } from '../src/system/clock.ts';
import { runProcess } from './support/start-process.ts';
import { makeTempDir } from './support/temp-dir.ts';

const STACK = /^ +at /m;

test('a token of the command, with the secret of a file, is taken', async () => {
  const file = join(await makeTempDir(), 'settings.json');
  await writeFile(file, JSON.stringify({ auth: { hmacSecret: 'of the file', issuer: 'us' } }));
  const args = ['token', '--config', file, '--user', 'ann', '--expires', '1h', '--info', '{"name":"Ann"}'];
  const { code, stdout, stderr } = await runProcess(args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const verifier = createTokenVerifier({ hmacSecret: 'of the file', issuer: 'us' }, systemClock);
  expect(await verifier?.verifyConnection(stdout.trim())).toMatchObject({
    type: 'valid',
    claims: { user: 'ann', info: { name: 'Ann' } },
  });
});

test('a token for a room, with the secret of the environment, is taken', async () => {
  const env = { STATECAST_AUTH_HMAC_SECRET: 'of the environment' };
  const { stdout: json } = await runProcess(['token', '--user', 'ann', '--channel', 'room1', '--json'], env);
  const { token: stdout } = JSON.parse(json) as { token: string };
  const verifier = createTokenVerifier({ hmacSecret: 'of the environment' }, systemClock);
  expect(await verifier?.verifySubscription(stdout.trim())).toMatchObject({
    type: 'valid',
    claims: { user: 'ann', room: 'room1' },
  });
});

test.each<[string, readonly string[], Record<string, string>, number, RegExp]>([
  ['without a secret', ['--user', 'ann'], {}, 2, /auth\.hmacSecret .*STATECAST_AUTH_HMAC_SECRET/],
  ['without a user', [], { STATECAST_AUTH_HMAC_SECRET: 'x' }, 1, /--user/],
  ['with a bad setting', ['--user', 'ann'], { STATECAST_AUTH_JWKS_URL: 'x' }, 2, /auth\.jwksUrl/],
  [
    'with a bad time',
    ['--user', 'ann', '--expires', 'soon'],
    { STATECAST_AUTH_HMAC_SECRET: 'x' },
    1,
    /--expires needs/,
  ],
  ['with bad JSON', ['--user', 'ann', '--info', '{'], { STATECAST_AUTH_HMAC_SECRET: 'x' }, 1, /--info needs/],
])('%s the command prints no token and says why', async (_, args, env, expected, why) => {
  const { code, stdout, stderr } = await runProcess(['token', ...args], env);
  expect({ code, stdout }).toEqual({ code: expected, stdout: '' });
  expect(stderr).toMatch(why);
  expect(stderr).not.toMatch(STACK);
});
