/** What a run of `statecast bench` is to do, within bounds. */

import { RemoteError } from '../remote/remote-error.ts';
import { isLoopbackHost } from '../../system/loopback.ts';
import { DIALECTS, type ProtocolName } from './dialects.ts';

/** Flags are texts. */
export interface BenchFlags {
  readonly protocol: ProtocolName;
  readonly connections: string;
  readonly rooms: string;
  readonly rate: string;
  readonly seconds: string;
  readonly size: string;
  /** The first part of the names of the rooms. */
  readonly roomPrefix: string;
  readonly token?: string;
  readonly iOwnThisServer?: boolean;
  readonly json?: boolean;
}

export interface BenchPlan {
  readonly url: string;
  readonly protocol: ProtocolName;
  readonly connections: number;
  readonly rooms: number;
  /** Messages a second, of all connections together. */
  readonly rate: number;
  readonly seconds: number;
  /** The length of a message in bytes. */
  readonly size: number;
  readonly roomPrefix: string;
  readonly token: string | undefined;
}

const MAX_CONNECTIONS = 10_000;
const MAX_RATE = 100_000;
const MAX_SECONDS = 300;
/** The number and the time of a message need so many. */
const MIN_SIZE = 40;
const MAX_SIZE = 65_536;
const MAX_DELIVERIES_PER_SECOND = 1_000_000;

/** @throws {RemoteError} with what is allowed. */
export function readPlan(address: string, flags: BenchFlags): BenchPlan {
  const { protocol, roomPrefix, token } = flags;
  const connections = readNumber('--connections', flags.connections, 1, MAX_CONNECTIONS);
  const rooms = readNumber('--rooms', flags.rooms, 1, connections);
  const rate = readNumber('--rate', flags.rate, 1, MAX_RATE);
  const deliveries = rate * Math.ceil(connections / rooms);
  if (deliveries > MAX_DELIVERIES_PER_SECOND) {
    throw new RemoteError(
      `this would be ${deliveries} deliveries a second, and ${MAX_DELIVERIES_PER_SECOND} are allowed: take a lower --rate or more --rooms`,
    );
  }
  return {
    url: readAddress(address, flags),
    protocol,
    connections,
    rooms,
    rate,
    seconds: readNumber('--seconds', flags.seconds, 1, MAX_SECONDS),
    size: readNumber('--size', flags.size, MIN_SIZE, MAX_SIZE),
    roomPrefix,
    token,
  };
}

function readNumber(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= least && value <= most) return value;
  throw new RemoteError(
    `${flag} needs a whole number from ${least} to ${most}, and not ${JSON.stringify(text)}`,
  );
}

/** An address without a path gets that of the protocol. */
function readAddress(text: string, { protocol, token, iOwnThisServer = false }: BenchFlags): string {
  const url = URL.canParse(text) ? new URL(text.replace(/^http/, 'ws')) : undefined;
  if (url === undefined || (url.protocol !== 'ws:' && url.protocol !== 'wss:')) {
    throw new RemoteError(
      `the address is a URL such as ws://127.0.0.1:8000, and not ${JSON.stringify(text)}`,
    );
  }
  if (!isLoopbackHost(url.hostname) && !iOwnThisServer) {
    throw new RemoteError(
      `${url.hostname} is not this machine. A load can put a server out of service: add --i-own-this-server if it is yours`,
    );
  }
  const { path, takesTokenInQuery } = DIALECTS[protocol];
  if (url.pathname === '/') url.pathname = path;
  if (takesTokenInQuery && token !== undefined) url.searchParams.set('token', token);
  return url.href;
}
