/** The command `statecast token`: signs a token with the secret of the settings. */

import { SignJWT } from 'jose/jwt/sign';
import { createTokenVerifier } from '../auth/token-verifier.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import type { Settings } from '../config/schema/settings.ts';
import { parseExactJson } from '../protocol/json/exact-json.ts';
import { findLostNumber } from '../protocol/json/lost-number.ts';
import type { Clock } from '../system/clock.ts';

export interface TokenFlags {
  readonly user: string;
  /** The room of a subscription token. Without it, the token is for a connection. */
  readonly channel?: string;
  /** How long the token is valid: `90`, `90s`, `15m`, `1h`, `7d`. Default: for ever. */
  readonly expires?: string;
  /** JSON. */
  readonly info?: string;
  /** Print JSON. Default false. */
  readonly json?: boolean;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 60 * 60, d: 24 * 60 * 60 };
/** A hundred years: a longer time is most likely a date. */
const MAX_SECONDS = 100 * 365 * 24 * 60 * 60;

/**
 * Makes a token (HS256).
 * @throws {ConfigError} when the settings have no secret.
 */
export async function runToken(
  settings: Pick<Settings, 'auth'>,
  flags: TokenFlags,
  clock: Clock,
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const { hmacSecret, audience, issuer } = settings.auth;
  if (hmacSecret === undefined) throw new ConfigError([NO_SECRET]);
  const { user, channel, expires, info, json = false } = flags;
  const seconds = expires === undefined ? undefined : readSeconds(expires);
  const readInfo = info === undefined ? undefined : readJson(info);
  if (channel === '') return fail('--channel needs the name of a room');
  if (seconds === 'wrong') {
    return fail(
      `--expires needs a time above 0 such as 90s, 15m, 1h or 7d (up to 36500d), and not ${JSON.stringify(expires)}`,
    );
  }
  if (readInfo === 'lossy') return fail('--info has a number that would lose digits: write it as a string');
  if (readInfo === 'wrong') return fail(`--info needs JSON such as '{"name":"Ann"}', and not ${info}`);

  const now = Math.floor(clock.now() / 1000);
  const token = await new SignJWT({
    sub: user,
    iat: now,
    ...(seconds !== undefined && { exp: now + seconds }),
    ...(channel !== undefined && { channel }),
    ...(readInfo !== undefined && { info: readInfo.value }),
    ...(audience !== undefined && { aud: audience }),
    ...(issuer !== undefined && { iss: issuer }),
  })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .sign(new TextEncoder().encode(hmacSecret));
  const refusal = await findRefusal(token, channel, settings, clock);
  if (refusal !== undefined) return fail(refusal);
  return { exitCode: 0, stdout: `${json ? JSON.stringify({ token }) : token}\n`, stderr: '' };
}

/** Asks the part of the server that judges tokens: a user or a room may have too long a name, for example. */
async function findRefusal(
  token: string,
  channel: string | undefined,
  { auth }: Pick<Settings, 'auth'>,
  clock: Clock,
): Promise<string | undefined> {
  const verifier = createTokenVerifier({ ...auth, publicKey: undefined, jwksUrl: undefined }, clock);
  const outcome = await (channel === undefined
    ? verifier?.verifyConnection(token)
    : verifier?.verifySubscription(token));
  return outcome?.type === 'invalid' ? `the server would refuse this token: ${outcome.reason}` : undefined;
}

const NO_SECRET = {
  path: 'auth.hmacSecret',
  given: 'nothing',
  allowed:
    'the secret to sign tokens with: set it in the file of --config, or in STATECAST_AUTH_HMAC_SECRET, as for the server',
};

function readSeconds(text: string): number | 'wrong' {
  const [, digits = '', unit = 's'] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const seconds = Number(digits) * (SECONDS[unit] ?? 1);
  return seconds > 0 && seconds <= MAX_SECONDS ? seconds : 'wrong';
}

function readJson(text: string): { readonly value: unknown } | 'wrong' | 'lossy' {
  try {
    const value = JSON.parse(text) as unknown;
    return findLostNumber(parseExactJson(text)) === undefined ? { value } : 'lossy';
  } catch {
    return 'wrong';
  }
}

function fail(message: string): { exitCode: number; stdout: string; stderr: string } {
  return { exitCode: 1, stdout: '', stderr: `statecast: ${message}\n` };
}
