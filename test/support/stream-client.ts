/** Clients without a WebSocket: they read a streamed response with `fetch`, and send commands by requests of their own. */

import { onTestFinished } from 'vitest';
import { Inbox } from '../../src/system/inbox-harness.ts';

export type StreamWay = 'http_stream' | 'sse';

/** The messages of a stream as parsed JSON. */
export interface StreamClient {
  readonly response: Response;
  readonly messages: Inbox<unknown>;
  /** Resolves to whether the response came to its end. */
  readonly ended: Promise<boolean>;
  abort(): void;
}

/** @param first The first commands. */
export async function openStream(
  url: string,
  way: StreamWay,
  first: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<StreamClient> {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const { signal } = controller;
  const response =
    way === 'sse'
      ? await fetch(new URL(`/connection/sse?cf_connect=${encodeURIComponent(first)}`, url), {
          headers,
          signal,
        })
      : await fetch(new URL('/connection/http_stream', url), {
          method: 'POST',
          body: first,
          headers,
          signal,
        });
  const messages = new Inbox<unknown>();
  const ended = readMessages(response, way, messages);
  return { response, messages, ended, abort: () => controller.abort() };
}

/** Sends commands for a stream, and resolves to the status of the answer. */
export async function emulate(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<number> {
  const response = await fetch(new URL('/emulation', url), {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

async function readMessages(response: Response, way: StreamWay, messages: Inbox<unknown>): Promise<boolean> {
  const end = way === 'sse' ? '\n\n' : '\n';
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const parts = rest.split(end);
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const text = part.trim().replace(/^data: /, '');
        if (text !== '') messages.push(JSON.parse(text));
      }
    }
    messages.end('the stream has ended');
    return true;
  } catch {
    messages.end('the stream was cut off');
    return false;
  }
}
