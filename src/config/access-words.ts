/** What is allowed in the settings of who may do what, but should be said when a server starts. */

import { isLoopbackHost } from '../system/loopback.ts';
import type { Settings } from './schema/settings.ts';

/** RFC 7518, section 3.2, wants as many bits as the hash of HS256 has. */
const MIN_SECRET_LENGTH = 32;

/**
 * Each is a sentence that starts with the name of the setting; none if there is nothing to say. It has no secret.
 * @param authenticates The library's user has a function that says who clients are.
 */
export function findWarnings(
  {
    auth,
    line,
    host = '127.0.0.1',
    http,
    webhooks = [],
  }: Pick<Settings, 'auth'> & Partial<Pick<Settings, 'line' | 'host' | 'http' | 'webhooks'>>,
  authenticates = false,
): string[] {
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
  if (http?.open === true && !isLoopbackHost(host)) {
    warnings.push(
      'http.open is on: everybody who reaches the server may publish, read and close everything by the server API.',
    );
  }
  if (auth.jwksUrl !== undefined && isPlainHttp(auth.jwksUrl)) {
    warnings.push(
      'auth.jwksUrl has no https: who can change what is on its way can be any user. Take an https address.',
    );
  }
  const hasKey = auth.hmacSecret !== undefined || auth.publicKey !== undefined || auth.jwksUrl !== undefined;
  if (line?.userParameter === true && hasKey) {
    warnings.push(
      'line.userParameter is not obeyed: where tokens prove who users are, a name without proof counts for nothing.',
    );
  }
  if (!auth.anonymous && !hasKey && !auth.insecure && !authenticates) {
    warnings.push(
      'auth.anonymous is off, and no token can be checked: no client can connect. Set auth.hmacSecret, auth.publicKey or auth.jwksUrl.',
    );
  }
  webhooks.forEach(({ secret, servant }, index) => {
    // Calls of a servant are not signed.
    if (secret === undefined && servant === undefined) {
      warnings.push(
        `webhooks[${index}] has no secret: its backend cannot know that a request is from this server. Give both the same long random one.`,
      );
    }
  });
  return warnings;
}

function isPlainHttp(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === 'http:' && !isLoopbackHost(hostname);
}

/**
 * Who may do what where the rules of rooms say nothing, as sentences. Beyond loopback they name the setting that opens
 * what is closed.
 */
export function describeAccess({
  host,
  auth,
  rooms,
  broadcast,
}: Pick<Settings, 'host' | 'auth' | 'rooms' | 'broadcast'>): string[] {
  if (auth.insecure) return [];
  if (isLoopbackHost(host)) {
    const who = auth.anonymous ? 'anyone' : 'everybody who proves a name';
    return [`on loopback, ${who} may join, speak and broadcast where the settings say nothing`];
  }
  const rules = Object.values(rooms).map(({ may }) => may);
  const opens = (action: 'join' | 'publish'): boolean =>
    rules.some((may) => (may?.[action] ?? 'nobody') !== 'nobody');
  const closed: string[] = [];
  if (!opens('join'))
    closed.push('no client may join a room: set may.join in rooms, such as {"*":{"may":{"join":"anyone"}}}');
  if (!opens('publish'))
    closed.push('no client may speak in a room: set may.publish in rooms, such as "members"');
  if ((broadcast ?? 'nobody') === 'nobody')
    closed.push('no client may broadcast: set broadcast to users or anyone');
  return closed;
}
