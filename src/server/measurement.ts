/** Makes the metrics of a server by its settings, and reads those of all workers of its process together. */

import { hostname } from 'node:os';
import { mergeExpositions } from '../metrics/values/exposition.ts';
import { createMetrics, type Metrics, type MetricsInput } from '../metrics/metrics.ts';
import type { AllNodes } from '../operations/all-nodes.ts';
import type { NodeInfo } from '../operations/operations.ts';
import type { Json } from '../protocol/command.ts';
import type { PortSharing } from './nodes/port-sharing.ts';
import type { StatecastServer } from './server-options.ts';

export interface MeasurementInput extends MetricsInput {
  readonly settings: Pick<StatecastServer['settings'], 'metrics'>;
  readonly nodeInfo: () => Pick<NodeInfo, 'name'>;
  /** Where the server is one of several workers. */
  readonly sharing: Pick<PortSharing, 'workers'> | undefined;
}

export interface Measurement {
  readonly metrics: Metrics;
  /** The numbers of this process, for another worker that asks for those of its primary process; null for anybody else. */
  answer(place: string): Json | Promise<Json>;
  /** The numbers of all workers, or of this process where there are none. */
  readAll(nodes: Pick<AllNodes, 'survey'>): Promise<string>;
}

/** Nothing where the settings turn it off. */
export function createMeasurement(input: MeasurementInput): Measurement | undefined {
  const { settings, nodeInfo, sharing } = input;
  if (!settings.metrics.enabled) return undefined;
  const metrics = createMetrics(input);
  // On one Redis there are nodes of other machines too, which are asked by themselves.
  const here = `${hostname()} ${process.ppid}`;

  /** Nodes of one machine differ by their ports, and workers by their numbers, which stay when one is replaced. */
  function nameNode(): string {
    const { name } = nodeInfo();
    const own = sharing?.workers().find(({ pid }) => pid === process.pid);
    return own === undefined ? name : `${name}/${own.worker}`;
  }

  const readOwn = (): Promise<string> => metrics.read(nameNode());
  return {
    metrics,
    answer: (place) => (sharing !== undefined && place === here ? readOwn() : null),
    async readAll(nodes) {
      if (sharing === undefined) return readOwn();
      const found = await nodes.survey({ type: 'metrics', place: here }, ({ answers }) => ({
        texts: answers.filter((answer) => typeof answer === 'string'),
      }));
      return 'refusal' in found || found.texts.length === 0 ? readOwn() : mergeExpositions(found.texts);
    },
  };
}
