/** All workers as one server, for a TARS platform: their numbers together, and the events that are alarms. */

import type { Settings } from '../../config/schema/settings.ts';
import { createEventBus, type EventBus } from '../../events/event-bus.ts';
import type { ServerEventName } from '../../events/server-events.ts';
import type { Health } from '../../http/health-route.ts';
import type { NumbersSource } from '../../platform/reports/server-numbers.ts';
import type { Workers } from './workers.ts';

export interface WorkerView extends Pick<EventBus, 'on' | 'off'> {
  readonly settings: Settings;
  health(): Health;
  states(): Readonly<Record<string, string>>;
  readonly numbers: NumbersSource;
  /** An event of a worker. An error has become its text on the way. */
  tell(name: ServerEventName, event: object): void;
}

export interface WorkerViewInput {
  readonly settings: Settings;
  readonly version: string;
  readonly transport: Health['transport'];
  readonly workers: () => Workers;
}

export function createWorkerView({ settings, version, transport, workers }: WorkerViewInput): WorkerView {
  const events = createEventBus(() => undefined);
  const startedAt = performance.now();

  return {
    settings,
    on: (name, listener) => events.on(name, listener),
    off: (name, listener) => events.off(name, listener),
    health() {
      const all = workers().health();
      const isWhole = all.every(({ state }) => state === 'listening');
      return {
        status: isWhole ? 'ok' : 'degraded',
        version,
        uptimeSeconds: Math.floor((performance.now() - startedAt) / 1000),
        connections: all.reduce((total, { connections }) => total + connections, 0),
        rooms: all.reduce((total, { rooms }) => total + rooms, 0),
        store: 'ok',
        transport,
        features: {
          userParameter: settings.line.userParameter,
          demo: settings.demo,
          inspector: settings.inspector.enabled,
          inspectorOpen: false,
        },
      };
    },
    states: () =>
      Object.fromEntries(
        workers()
          .health()
          .map(({ worker, pid, state, connections }) => [
            `worker ${worker}`,
            `${state}, process ${pid ?? 'none'}, connections ${connections}`,
          ]),
      ),
    numbers: { read: () => workers().takeNumbers(), stop: () => undefined },
    tell(name, event) {
      const { error } = event as { error?: string };
      const fields = error === undefined ? event : { ...event, error: new Error(error) };
      events.emit(name, fields);
    },
  };
}
