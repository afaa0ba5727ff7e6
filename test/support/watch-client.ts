/** Reads the events of `GET /api/watch` with `fetch`. */

import { onTestFinished } from 'vitest';
import { Inbox } from '../../src/system/inbox-harness.ts';

export interface WatchEvent {
  readonly event: string;
  readonly data: unknown;
}

export interface WatchClient {
  readonly response: Response;
  readonly events: Inbox<WatchEvent>;
  abort(): void;
}

/** Resolves when the server hears the room. */
export async function watchRoom(
  url: string,
  room: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<WatchClient> {
  const controller = new AbortController();
  onTestFinished(() => controller.abort());
  const response = await fetch(new URL(`/api/watch?channel=${encodeURIComponent(room)}`, url), {
    headers,
    signal: controller.signal,
  });
  const events = new Inbox<WatchEvent>();
  void readEvents(response, events);
  return { response, events, abort: () => controller.abort() };
}

async function readEvents(response: Response, events: Inbox<WatchEvent>): Promise<void> {
  let rest = '';
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n\n');
      rest = parts.pop() ?? '';
      for (const part of parts) {
        const [, event, data] = /^event: (.*)\ndata: (.*)$/.exec(part) ?? [];
        if (event !== undefined && data !== undefined)
          events.push({ event, data: JSON.parse(data) as unknown });
      }
    }
    events.end('the response has ended');
  } catch {
    events.end('the response was cut off');
  }
}
