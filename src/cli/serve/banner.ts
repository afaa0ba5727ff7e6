/** The lines that a started server prints: its addresses, and what is dangerous in its settings. */

import { networkInterfaces } from 'node:os';
import type { ServerAddress } from '../../actors/server/server.ts';
import { describeAccess, findWarnings } from '../../config/access-words.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { Health } from '../../http/health-route.ts';

interface BannerFacts {
  readonly version: string;
  readonly transport: { readonly name: Health['transport']['name']; readonly reason?: string | undefined };
}

/** Scripts wait for the first line: it has `listening` and the URL. */
export function createBanner(
  { host, port }: ServerAddress,
  settings: Settings,
  { version, transport }: BannerFacts,
  workers = 1,
): string {
  const scheme = settings.tls.certFile === undefined ? 'http' : 'https';
  const url = toUrl(scheme, host, port);
  const lines = [`statecast ${version} listening on ${url}`];
  if (settings.pages) lines.push(`  chat     ${url}room1  ${url}rooms/NAME`);
  const socketUrl = url.replace('http', 'ws');
  lines.push(
    `  sockets  ${socketUrl}  ${socketUrl}connection/websocket (for SDKs)`,
    `  health   ${url}health`,
  );
  const why = transport.reason === undefined ? '' : ` (${transport.reason})`;
  lines.push(`  on       ${transport.name === 'uws' ? 'uWebSockets.js' : transport.name}${why}`);
  if (workers > 1) lines.push(`  workers  ${workers}`);
  if (isEveryAddress(host))
    lines.push(...ownAddresses().map((address) => `  also     ${toUrl(scheme, address, port)}`));
  if (settings.demo) lines.push('  demo     rooms may call the example servant: hello.sayHello');
  if (settings.tars.listen !== undefined) lines.push(`  push     Statecast.Push on ${settings.tars.listen}`);
  const { url: redis, prefix, sentinelMaster } = settings.redis;
  // Nothing is on disk with it.
  if (redis !== undefined) {
    const hosts = [redis].flat().map((text) => new URL(text).host);
    const where = sentinelMaster === undefined ? hosts.join(', ') : `master ${sentinelMaster}`;
    lines.push(`  redis    ${where} (prefix ${prefix})`);
  } else if (settings.store === 'lowdb') lines.push(`  data     ${settings.dataDir}`);
  lines.push(...describeAccess(settings).map((sentence) => `  rules    ${sentence}`));
  lines.push(...findWarnings(settings).map((warning) => `  WARNING  ${warning}`));
  return `${lines.join('\n')}\n`;
}

function toUrl(scheme: string, host: string, port: number): string {
  const name = isEveryAddress(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${name}:${port}/`;
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}
