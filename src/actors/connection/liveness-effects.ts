/** What a connection does to find out whether its client is there; when it does so is the chart's (connection.ts). */

import type { ConnectionArgs, ConnectionContext } from './connection-events.ts';

/** The first ping falls between half an interval and one, so that clients that came together are asked apart. */
export function scheduleFirstPing({ context, self }: ConnectionArgs): void {
  if (context.protocol.pings !== true) return;
  const { intervalMs, random } = context.pings;
  const delayMs = intervalMs * (0.5 + random() / 2);
  context.liveness = context.wheel.schedule(self, { type: 'ping.due' }, delayMs);
}

/** Pings the client, and waits for its answer. */
export function ping({ context, self }: ConnectionArgs): void {
  context.pingedAt = context.clock.monotonic();
  context.port.push({ type: 'ping' });
  context.liveness = context.wheel.schedule(self, { type: 'pong.overdue' }, context.pings.pongMs);
}

/** The client has answered: the next ping comes an interval after the last one. */
export function schedulePing({ context, self }: ConnectionArgs): void {
  cancelPing(context);
  const sinceMs = context.clock.monotonic() - context.pingedAt;
  const delayMs = Math.max(0, context.pings.intervalMs - sinceMs);
  context.liveness = context.wheel.schedule(self, { type: 'ping.due' }, delayMs);
}

export function cancelPing(context: ConnectionContext): void {
  if (context.liveness !== undefined) context.wheel.cancel(context.liveness);
  context.liveness = undefined;
}
