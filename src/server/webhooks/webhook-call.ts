/** The call that brings a batch of events to a TARS servant (`tars/events.tars`). */

import type { SendBatch } from '../../actors/webhook/delivery-events.ts';
import type { Json } from '../../protocol/command.ts';
import type { Event, EventsProxy } from '../../tars/servants/events.ts';

/** Tells a servant. Taken is what it answers with 0. */
export function createServantSender(proxy: EventsProxy, timeoutMs: number): SendBatch {
  return async ({ id, events: texts }) => {
    const events = texts.map((text) => toEvent(JSON.parse(text) as WrittenEvent));
    // The same events twice do no harm: a servant has to expect that in any case.
    const { ret } = await proxy.tell({ id, events }, { deadlineMs: timeoutMs, idempotent: true });
    return ret === 0 ? { taken: true } : { taken: false, reason: `the servant returned ${ret}` };
  };
}

/** An event as it stands in the outbox: JSON values are texts in the interface, and one name is written otherwise. */
interface WrittenEvent extends Omit<Event, 'infoJson' | 'dataJson' | 'remoteAddress'> {
  readonly info?: Json;
  readonly data?: Json;
  readonly remote_address?: string;
}

function toEvent({ info, data, remote_address: remoteAddress, ...rest }: WrittenEvent): Event {
  return {
    ...rest,
    ...(info !== undefined && { infoJson: JSON.stringify(info) }),
    ...(data !== undefined && { dataJson: JSON.stringify(data) }),
    ...(remoteAddress !== undefined && { remoteAddress }),
  };
}
