/** Which transport a server runs on. */

import { isLoopbackHost } from '../system/loopback.ts';
import type { CreateTransport, TransportSetting } from './common/transport.ts';
import { createUwsTransport, UwsUnavailableError } from './uws.ts';
import { loadUws, type LoadedUws } from './uws/load.ts';
import { createWsTransport } from './ws.ts';

export { UwsUnavailableError };

export interface ChosenTransport {
  readonly create: CreateTransport;
  /** `custom` for one that the library's user has given. */
  readonly name: 'uws' | 'ws' | 'custom';
  /** Why `auto` did not choose uWebSockets.js, as one sentence. */
  readonly reason: string | undefined;
}

/**
 * @param host Where the server is to listen.
 * @param load For tests. Default: uWebSockets.js, loaded once.
 * @throws {UwsUnavailableError} if uWebSockets.js is asked for and does not load.
 */
export function chooseTransport(
  asked: TransportSetting | CreateTransport,
  host: string,
  load: () => LoadedUws = loadUws,
): ChosenTransport {
  if (typeof asked === 'function') return { create: asked, name: 'custom', reason: undefined };
  if (asked === 'ws') return { create: createWsTransport, name: 'ws', reason: undefined };
  const why = findObstacle(load(), asked, host);
  if (why === undefined) return { create: createUwsTransport, name: 'uws', reason: undefined };
  if (asked === 'uws') throw new UwsUnavailableError(why);
  return { create: createWsTransport, name: 'ws', reason: `uWebSockets.js is not used: ${why}.` };
}

/** What keeps the server from uWebSockets.js. What its HTTP parser cannot read matters to `auto` only, beyond this machine. */
function findObstacle(loaded: LoadedUws, asked: 'auto' | 'uws', host: string): string | undefined {
  if (loaded.uws === undefined) return loaded.why;
  if (asked === 'uws' || isLoopbackHost(host)) return undefined;
  return loaded.isOld ? OLD_PARSER : PARSER;
}

const PARSER =
  'its HTTP parser refuses HTTP/1.0 and some other requests that clients beyond this machine may send; the setting transport=uws takes it all the same';
const OLD_PARSER =
  'its HTTP parser refuses HTTP/1.0, and requests whose first line comes in two packets, as clients beyond this machine may send them; the setting transport=uws takes it all the same';
