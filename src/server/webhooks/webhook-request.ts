/** The request that brings a batch of events to the receiver of a webhook. */

import type { SendBatch } from '../../actors/webhook/delivery-events.ts';
import type { HttpPort } from '../../backends/http-port.ts';
import type { Clock } from '../../system/clock.ts';
import { VERSION } from '../../system/package-info.ts';
import { signWebhook, WEBHOOK_HEADERS } from '../../webhooks/signature.ts';

export interface WebhookTarget {
  readonly url: string;
  readonly secret?: string | undefined;
  /** Signs too, so that receivers may take up a new secret in their own time. */
  readonly previousSecret?: string | undefined;
}

/** Sends batches by `POST`. Taken is what is answered with a status of 200 to 299. */
export function createHttpSender(
  target: WebhookTarget,
  http: HttpPort,
  clock: Pick<Clock, 'now'>,
): SendBatch {
  const secrets = [target.secret, target.previousSecret].filter((secret) => secret !== undefined);
  return async (batch, signal) => {
    const body = `{"id":${JSON.stringify(batch.id)},"time":${batch.time},"events":[${batch.events.join(',')}]}`;
    // Of this try, and not of the batch: a receiver may refuse what was signed long ago.
    const time = String(clock.now());
    const headers: Record<string, string> = {
      'content-type': 'application/json',
      'user-agent': `statecast/${VERSION}`,
      [WEBHOOK_HEADERS.id]: batch.id,
      [WEBHOOK_HEADERS.time]: time,
    };
    if (secrets.length > 0) headers[WEBHOOK_HEADERS.signature] = signWebhook(secrets, time, body);
    const status = await http.tell(target.url, { headers, body, signal });
    return status >= 200 && status < 300 ? { taken: true } : { taken: false, reason: `status ${status}` };
  };
}
