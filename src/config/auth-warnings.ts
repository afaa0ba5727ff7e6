/** What is allowed in the settings `auth`, but should be said loudly when a server starts. */

import type { Settings } from './schema/settings.ts';

/** RFC 7518, section 3.2, wants as many bits as the hash of HS256 has. */
const MIN_SECRET_LENGTH = 32;

/** Each is a sentence that starts with the name of the setting; none if there is nothing to say. It has no secret. */
export function findAuthWarnings({ auth }: Pick<Settings, 'auth'>): string[] {
  const warnings: string[] = [];
  if (auth.insecure) {
    warnings.push('auth.insecure is on: everybody may do everything. Use it for development only.');
  }
  for (const name of ['hmacSecret', 'hmacPreviousSecret'] as const) {
    if ((auth[name]?.length ?? MIN_SECRET_LENGTH) < MIN_SECRET_LENGTH) {
      warnings.push(
        `auth.${name} has fewer than ${MIN_SECRET_LENGTH} characters: who guesses it can be any user. Take a long random one.`,
      );
    }
  }
  return warnings;
}
