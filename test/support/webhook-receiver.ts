/** A receiver of webhooks: a real HTTP server that takes what it gets, or does not. */

import type { IncomingHttpHeaders } from 'node:http';
import { startHookBackend } from './hook-backend.ts';

export interface ReceivedEvent {
  readonly id: string;
  readonly type: string;
  readonly time: number;
  readonly channel?: string;
  readonly client?: string;
  readonly user?: string;
  readonly reason?: string;
  readonly data?: unknown;
  readonly offset?: number;
  readonly [field: string]: unknown;
}

export interface ReceivedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly id: string;
  readonly events: readonly ReceivedEvent[];
  /** How it was answered. */
  readonly status: number;
}

export interface WebhookReceiver {
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: readonly ReceivedRequest[];
  /** The events of requests that were taken. */
  taken(): ReceivedEvent[];
  /** How requests are answered from now on; `hang`: not at all. */
  answer: number | 'hang';
  /** Resolves when this is so, now or after some request. */
  until(isSo: () => boolean): Promise<void>;
  /** Does not listen any more. */
  close(): Promise<void>;
}

/** @param port Default: a free one. */
export async function startReceiver(port = 0): Promise<WebhookReceiver> {
  const requests: ReceivedRequest[] = [];
  const waiting = new Set<{ isSo: () => boolean; resolve: () => void }>();
  const backend = await startHookBackend(({ headers, text, body, response }) => {
    const { id, events } = body as unknown as Pick<ReceivedRequest, 'id' | 'events'>;
    const status = receiver.answer === 'hang' ? 0 : receiver.answer;
    requests.push({ headers, body: text, id, events, status });
    if (status !== 0) response.writeHead(status).end();
    for (const wait of waiting) if (wait.isSo()) wait.resolve();
  }, port);
  const receiver: WebhookReceiver = {
    url: `${backend.url}/hook`,
    requests,
    taken: () =>
      requests.filter(({ status }) => status >= 200 && status < 300).flatMap(({ events }) => events),
    answer: 204,
    async until(isSo) {
      if (isSo()) return;
      await new Promise<void>((resolve) => {
        waiting.add({ isSo, resolve });
      });
    },
    close: () => backend.stop(),
  };
  return receiver;
}

/** Without those that came again. */
export function withoutRepeats(events: readonly ReceivedEvent[]): ReceivedEvent[] {
  return [...new Map(events.map((event) => [event.id, event])).values()];
}
