/** The metrics of a server for its platform: connections, rooms, messages, memory, the delay of the event loop. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventBus } from '../../events/event-bus.ts';
import type { Health } from '../../http/health-route.ts';

/** The current values, and the sums since the last reading. */
export interface ServerNumbers {
  readonly connections: number;
  readonly rooms: number;
  /** Messages published and broadcast since the last reading. */
  readonly messages: number;
  /** The process's resident memory. */
  readonly memoryBytes: number;
  /** How late timers were since the last reading: average and maximum. */
  readonly delayMs: { readonly mean: number; readonly max: number };
}

export interface NumbersSource {
  /** Reads the metrics and resets those that are sums. */
  read(): ServerNumbers;
  stop(): void;
}

/** The part of a server that is read. */
export interface CountedServer extends Pick<EventBus, 'on' | 'off'> {
  health(): Health;
}

/** The interval at which the delay of the event loop is measured. */
const DELAY_RESOLUTION_MS = 20;
const NANOSECONDS_A_MS = 1e6;

export function watchNumbers(server: CountedServer): NumbersSource {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  let messages = 0;
  const count = (): void => {
    messages += 1;
  };
  server.on('message.published', count);
  server.on('message.broadcast', count);

  return {
    read() {
      const { connections, rooms } = server.health();
      const numbers = {
        connections,
        rooms,
        messages,
        memoryBytes: process.memoryUsage.rss(),
        delayMs: { mean: toDelay(delay.mean), max: toDelay(delay.max) },
      };
      messages = 0;
      delay.reset();
      return numbers;
    },
    stop() {
      delay.disable();
      server.off('message.published', count);
      server.off('message.broadcast', count);
    },
  };
}

/** The histogram contains the time between two measurements; without one it is NaN. */
function toDelay(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS_A_MS - DELAY_RESOLUTION_MS) : 0;
}
