/** Loads uWebSockets.js (uWS), and is the only file that does: it is optional, and has no binary for many machines. */

import { createRequire } from 'node:module';
import type * as uWebSockets from 'uWebSockets.js';
import { MAX_HEAD_BYTES } from '../common/transport.ts';

export type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
} from 'uWebSockets.js';

export type Uws = typeof uWebSockets;

export type LoadedUws =
  | {
      readonly uws: Uws;
      /** The binary for Node.js 20 is of an older version than the others: it refuses a first line in two packets. */
      readonly isOld: boolean;
    }
  /** Why it does not load, as a part of a sentence: `it is not installed`. */
  | { readonly uws?: undefined; readonly why: string };

const PACKAGE = 'uWebSockets.js';

/** uWS reads this variable when its binary is loaded, in versions from 20.44 on. Older ones take 4 KiB and less. */
const HEAD_LIMIT = 'UWS_HTTP_MAX_HEADERS_SIZE';

/** The ABI of Node.js 20. */
const NODE_20_ABI = '115';

let loaded: LoadedUws | undefined;

/** Loads it once, and tells why it does not load. */
export function loadUws(): LoadedUws {
  loaded ??= load();
  return loaded;
}

function load(): LoadedUws {
  const limit = process.env[HEAD_LIMIT];
  try {
    process.env[HEAD_LIMIT] ??= String(MAX_HEAD_BYTES);
    const uws = createRequire(import.meta.url)(PACKAGE) as Uws;
    return { uws, isOld: process.versions.modules === NODE_20_ABI };
  } catch (error) {
    return { why: explainFailure(error, describeMachine()) };
  } finally {
    if (limit === undefined) delete process.env[HEAD_LIMIT];
  }
}

/** What decides whether a binary loads. */
export interface Machine {
  /** Without `v`. */
  readonly node: string;
  /** The number of the Node.js ABI. */
  readonly abi: string;
  readonly platform: string;
  readonly arch: string;
  /** The version of glibc; undefined where there is none. */
  readonly glibc: string | undefined;
}

/** Why uWS does not load, of what its package throws. */
export function explainFailure(error: unknown, { node, abi, platform, arch, glibc }: Machine): string {
  const message = error instanceof Error ? error.message : String(error);
  if (message.startsWith(`Cannot find module '${PACKAGE}'`)) return 'it is not installed';
  if (message.includes(`Cannot find module './uws_`))
    return `it has no binary for Node.js ${node} (ABI ${abi}) on ${platform} ${arch}`;
  const [, needed] = /version `GLIBC_([\d.]+)' not found/.exec(message) ?? [];
  if (needed !== undefined && glibc !== undefined)
    return `its binary for Node.js ${node} needs glibc ${needed}, and this machine has ${glibc}`;
  if (platform === 'linux' && glibc === undefined)
    return 'its binaries need glibc, which this machine does not have';
  return `its binary for Node.js ${node} does not load: ${lastLine(message)}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function describeMachine(): Machine {
  const { platform, arch, versions } = process;
  return { node: versions.node, abi: versions.modules, platform, arch, glibc: readGlibc() };
}

/** A report of the process has it. Without `excludeNetwork`, a report may ask name servers about open connections. */
function readGlibc(): string | undefined {
  if (process.platform !== 'linux') return undefined;
  const report = process.report as typeof process.report & { excludeNetwork: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const { header } = report.getReport() as { header: { glibcVersionRuntime?: string } };
  report.excludeNetwork = before;
  return header.glibcVersionRuntime;
}
