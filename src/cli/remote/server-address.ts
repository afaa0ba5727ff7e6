/** Where the server is that a command speaks to, and the key to it: by flags, environment or settings. */

import { SERVER_URL_VARIABLE } from '../../config/environment.ts';
import { loadSettings } from '../../config/load-settings.ts';
import type { Settings } from '../../config/schema/settings.ts';
import { RemoteError } from './remote-error.ts';

/** The flags of every command that speaks to a running server. */
export interface ServerFlags {
  /** Such as `http://127.0.0.1:8000`. Default: STATECAST_URL, or host and port of the settings. */
  readonly url?: string;
  /** The API key. Default: `http.apiKey` of the settings, or the first of `http.apiKeys`. */
  readonly key?: string;
  /** A file of settings, as of the server. */
  readonly config?: string;
}

export interface ServerAddress {
  /** It ends with `/`. */
  readonly url: string;
  readonly key: string | undefined;
}

const KEY_VARIABLE = 'STATECAST_HTTP_API_KEY';

/**
 * The settings are read only where a flag or the environment does not say it.
 * @throws {RemoteError} when the address is none.
 * @throws {ConfigError} when the settings are needed and wrong.
 */
export function findServer({ url, key, config }: ServerFlags, env: NodeJS.ProcessEnv): ServerAddress {
  const givenUrl = url ?? env[SERVER_URL_VARIABLE];
  const givenKey = key ?? env[KEY_VARIABLE];
  const settings =
    givenUrl === undefined || (givenKey === undefined && config !== undefined)
      ? loadSettings({ file: config, env, flags: {} })
      : undefined;
  return {
    url: readUrl(givenUrl ?? urlOf(settings)),
    key: readKey(givenKey ?? keyOf(settings)),
  };
}

const EVERY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

function urlOf(settings: Settings | undefined): string {
  const { host = '127.0.0.1', port = 8000, tls } = settings ?? {};
  const scheme = tls?.certFile === undefined ? 'http' : 'https';
  const name = EVERY_ADDRESS[host] ?? host;
  return `${scheme}://${name.includes(':') ? `[${name}]` : name}:${port}`;
}

function keyOf(settings: Settings | undefined): string | undefined {
  return settings?.http.apiKey ?? settings?.http.apiKeys[0]?.key;
}

/** The key goes into a header. It is not shown. */
function readKey(key: string | undefined): string | undefined {
  if (key === undefined || !/[^\u0020-\u007e\u0080-\u00ff]/.test(key)) return key;
  throw new RemoteError(
    'the API key has characters that a header cannot carry: is it complete, without a line end?',
  );
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new RemoteError(
      `the address of the server is a URL such as http://127.0.0.1:8000, and not ${JSON.stringify(text)}`,
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new RemoteError('the address of the server has no user and password: give the API key by --key');
  }
  return `${url.origin}${url.pathname.replace(/\/*$/, '/')}`;
}
