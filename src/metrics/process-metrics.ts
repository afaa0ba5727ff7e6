/** The metrics of the process that prom-client brings: memory, processor, event-loop delay, garbage collection. */

import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * One for all servers of the process. It is made when somebody asks for the first time: from then on the delay of the event
 * loop is measured, which nobody else pays for.
 */
export function processRegistry(): Registry {
  if (registry === undefined) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
