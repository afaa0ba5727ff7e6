/** The command `statecast watch`: what happens in a room of a running server, a line each, until it is stopped. */

import { setTimeout as wait } from 'node:timers/promises';
import { openApiStream } from './api-client.ts';
import { readEventStream, type ServerSentEvent } from './event-stream.ts';
import { toPlainJson, toPlainText } from '../../system/plain-text.ts';
import { RemoteError } from './remote-error.ts';
import type { ServerAddress } from './server-address.ts';

export interface WatchInput {
  readonly server: ServerAddress;
  readonly room: string;
  /** Print each event as a line of JSON. Default false. */
  readonly json?: boolean;
  /** Stops the command. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  /** Tells what is not an event, such as that the server is gone. */
  readonly tell: (text: string) => void;
  /** How long to wait before the first attempt to connect again, in milliseconds. It doubles up to 10 s. Default 500. */
  readonly retryMs?: number;
}

/** The server sends something every 25 s. */
const SILENCE_MS = 60_000;
const RETRY_MS = 500;
const MAX_RETRY_MS = 10_000;

/** Who an event is about, in the shape of the API. */
interface ClientInfo {
  readonly client?: string;
  readonly user?: string;
}

/** A join or a leave. */
interface About {
  readonly info?: ClientInfo;
}

interface Publication extends About {
  readonly data?: unknown;
  readonly time?: number;
}

/**
 * Ends when it is stopped. A server that goes away is connected to again and again.
 * @throws {RemoteError} when the server cannot be reached at first, or refuses.
 */
export async function runWatch(input: WatchInput): Promise<void> {
  const { signal, tell, retryMs = RETRY_MS } = input;
  let isFirst = true;
  let waitMs = retryMs;
  while (!signal.aborted) {
    let why: string;
    try {
      await follow(input, () => {
        const room = toPlainText(input.room);
        tell(
          isFirst
            ? `watching ${room} at ${input.server.url}; Ctrl-C ends it\n`
            : 'connected again: what was said meanwhile is not shown\n',
        );
        isFirst = false;
        waitMs = retryMs;
      });
      why = 'the server has ended the stream';
    } catch (error) {
      if (signal.aborted) return;
      if (isFirst || !(error instanceof RemoteError) || isFinal(error)) throw error;
      why = error.message;
    }
    if (signal.aborted) return;
    tell(`${why}; trying again\n`);
    // Not all at the same moment when a server comes back.
    await wait(waitMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, MAX_RETRY_MS);
  }
}

/** The server has understood and does not want: it will not change its mind by itself. */
function isFinal({ status }: RemoteError): boolean {
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** Prints the events of one connection. */
async function follow(input: WatchInput, opened: () => void): Promise<void> {
  const { server, room, signal, json = false, print, tell } = input;
  const connection = new AbortController();
  const stop = (): void => connection.abort();
  const silence = setTimeout(stop, SILENCE_MS);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const path = `api/watch?channel=${encodeURIComponent(room)}`;
    const body = await openApiStream(server, path, connection.signal);
    opened();
    for await (const event of readEventStream(body, () => silence.refresh())) {
      if (event.event === 'end') tell(`${describeEnd(event.data)}\n`);
      else print(json ? toJsonLine(event) : toLine(event));
    }
  } catch (error) {
    if (error instanceof RemoteError && !connection.signal.aborted) throw error;
    const { cause, message } = error as Error & { cause?: Error };
    const why = connection.signal.aborted ? 'it is silent' : (cause?.message ?? message);
    throw new RemoteError(`the connection to ${server.url} is lost: ${why}`, 0, error);
  } finally {
    clearTimeout(silence);
    signal.removeEventListener('abort', stop);
  }
}

function toJsonLine({ event, data }: ServerSentEvent): string {
  return `${toPlainJson({ event, ...(readObject(data) as object) })}\n`;
}

function toLine({ event, data }: ServerSentEvent): string {
  const value = readObject(data);
  switch (event) {
    case 'publication': {
      const { data: said, info, time } = value as Publication;
      const words = typeof said === 'string' ? toPlainText(said) : toPlainJson(said ?? null);
      return `${showTime(time)}  ${info === undefined ? '(server)' : nameOf(info)}  ${words}\n`;
    }
    case 'join':
      return `${showTime()}  + ${nameOf((value as About).info)} joined\n`;
    case 'leave':
      return `${showTime()}  - ${nameOf((value as About).info)} left\n`;
    default:
      return `${showTime()}  ${toPlainText(event)} ${toPlainJson(value)}\n`;
  }
}

function describeEnd(data: string): string {
  const { reason } = readObject(data) as { readonly reason?: unknown };
  return `the server ends the stream: ${typeof reason === 'string' ? toPlainText(reason) : 'it gives no reason'}`;
}

function readObject(data: string): unknown {
  try {
    const value = JSON.parse(data) as unknown;
    return typeof value === 'object' && value !== null ? value : { data: value };
  } catch {
    throw new RemoteError('the server sent an event that is no JSON: is it a Statecast server?');
  }
}

/** The user, or the first letters of the connection's id. */
function nameOf({ user = '', client = '' }: ClientInfo = {}): string {
  if (user !== '') return toPlainText(user);
  return client === '' ? '(unknown)' : `(${toPlainText(client.slice(0, 8))})`;
}

/** Of the day, in the time zone of this machine. */
function showTime(milliseconds: number = Date.now()): string {
  return new Date(milliseconds).toTimeString().slice(0, 8);
}
