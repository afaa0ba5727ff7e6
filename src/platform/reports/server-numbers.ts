/** The numbers of a server that its platform draws: connections, rooms, messages, memory, the event loop's delay. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { EventBus } from '../../events/event-bus.ts';
import type { Health } from '../../http/health-route.ts';

/** What there is now, and what came to be since the last reading. */
export interface ServerNumbers {
  readonly connections: number;
  readonly rooms: number;
  /** Published and broadcast since the last reading. */
  readonly messages: number;
  /** The process's resident memory. */
  readonly memoryBytes: number;
  /** How late timers were since the last reading, on average and at worst. */
  readonly delayMs: { readonly mean: number; readonly max: number };
}

export interface NumbersSource {
  /** Reads the numbers, and begins anew with those that add up. */
  read(): ServerNumbers;
  stop(): void;
}

/** What is read of a server. */
export interface CountedServer extends Pick<EventBus, 'on' | 'off'> {
  health(): Health;
}

/** How often the event loop is looked at. */
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

/** The histogram has the time between two looks; without a look there is no number. */
function toDelay(nanoseconds: number): number {
  return Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS_A_MS - DELAY_RESOLUTION_MS) : 0;
}
