/** Connections to the backends of users: kept open, bounded, and reused. It does not know what is asked. */

import type * as Undici from 'undici';
import type { Dispatcher, Pool } from 'undici';
import {
  HttpError,
  type HttpAnswer,
  type HttpFailure,
  type HttpPort,
  type HttpRequest,
} from './http-port.ts';

export interface HttpPoolOptions {
  /**
   * Connections to one address (without the query) at the same time. Further requests wait, and not for those to another
   * address of the same host. Default: 128.
   */
  readonly connections?: number;
  /** The longest body of an answer, in bytes. Default: 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** How long a connection may take to be made, TLS included, in milliseconds. Default: 5,000. */
  readonly connectTimeoutMs?: number;
  /** How long an idle connection is kept, in milliseconds. A backend may ask for less. Default: 4,000. */
  readonly keepAliveMs?: number;
}

const DEFAULT_CONNECTIONS = 128;
const DEFAULT_MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
const DEFAULT_KEEP_ALIVE_MS = 4_000;
/** An answer that nobody reads is passed over, so that the connection is kept. A longer or slower one ends it. */
const UNREAD_BYTES = 16 * 1024;
const UNREAD_PAUSE_MS = 5_000;

/**
 * An `HttpPort` over undici. It verifies TLS and uses no proxy of the environment. undici is loaded when it is needed:
 * most servers ask no backend.
 */
export class HttpPool implements HttpPort {
  readonly #options: HttpPoolOptions;
  #undici: Promise<typeof Undici> | undefined;
  /** By address. The settings name all addresses, so there are few. */
  readonly #pools = new Map<string, Pool>();
  #isClosed = false;

  constructor(options: HttpPoolOptions = {}) {
    this.#options = options;
  }

  /** Loads undici, which takes some tenths of a second. Otherwise the first request does. */
  async load(): Promise<void> {
    await this.#load();
  }

  async post(url: string, request: HttpRequest): Promise<HttpAnswer> {
    return this.#ask(url, request, {}, async ({ statusCode, body }) => {
      return { status: statusCode, body: decode(await body.arrayBuffer()) };
    });
  }

  async tell(url: string, request: HttpRequest): Promise<number> {
    return this.#ask(url, request, { bodyTimeout: UNREAD_PAUSE_MS }, async ({ statusCode, body }) => {
      body.dump({ limit: UNREAD_BYTES }).catch(() => {});
      return statusCode;
    });
  }

  async #ask<Answer>(
    url: string,
    { headers, body, signal }: HttpRequest,
    options: { readonly bodyTimeout?: number },
    read: (answer: Dispatcher.ResponseData) => Promise<Answer>,
  ): Promise<Answer> {
    const { origin, pathname, search } = new URL(url);
    try {
      const pool = this.#poolOf(origin, pathname, await this.#load());
      const path = pathname + search;
      return await read(
        await pool.request({ path, method: 'POST', headers: toBytes(headers), body, signal, ...options }),
      );
    } catch (error) {
      throw signal.aborted ? signal.reason : toHttpError(origin, error);
    }
  }

  /** Ends all connections, and all requests under way with `lost`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #load(): Promise<typeof Undici> {
    return (this.#undici ??= import('undici'));
  }

  #poolOf(origin: string, path: string, undici: typeof Undici): Pool {
    if (this.#isClosed) throw new HttpError('lost', 'the server is shutting down');
    const address = origin + path;
    const known = this.#pools.get(address);
    if (known !== undefined) return known;
    const { connections, maxAnswerBytes, connectTimeoutMs, keepAliveMs } = this.#options;
    const pool = new undici.Pool(origin, {
      connections: connections ?? DEFAULT_CONNECTIONS,
      maxResponseSize: maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES,
      connect: { timeout: connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS },
      keepAliveTimeout: keepAliveMs ?? DEFAULT_KEEP_ALIVE_MS,
      pipelining: 1,
    });
    this.#pools.set(address, pool);
    return pool;
  }
}

/** undici writes one byte for each character of a header, and refuses characters beyond. */
function toBytes(headers: HttpRequest['headers']): Record<string, string> {
  const written: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) written[name] = Buffer.from(value).toString('latin1');
  return written;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new HttpError('unreadable', 'the answer is not UTF-8', { cause });
  }
}

function toHttpError(origin: string, cause: unknown): HttpError {
  if (cause instanceof HttpError) return cause;
  if (codeOf(cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return new HttpError('tooLong', `the answer of ${origin} is too long`, { cause });
  }
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new HttpError(failureOf(cause), `no answer from ${origin}: ${detail}`, { cause });
}

/** Errors of a connection that was never made have the code of a system call or of TLS. */
const LOST_CODES = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT']);

function failureOf(cause: unknown): HttpFailure {
  const code = codeOf(cause);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return 'unreachable';
  // Those of undici begin with UND_ERR_, those of its HTTP parser with HPE_.
  const isLost = code === undefined || LOST_CODES.has(code) || /^(?:UND_ERR|HPE)_/.test(code);
  return isLost ? 'lost' : 'unreachable';
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause as NodeJS.ErrnoException).code : undefined;
}
