/** All scenarios, in the order in which they are run and printed. */

import type { Scenario } from '../scenario.ts';
import { centrifugeFanout, centrifugeHistory, centrifugeIngress, centrifugeRooms } from './centrifuge.ts';
import { churn } from './churn.ts';
import { durability } from './durability.ts';
import { growth } from './growth.ts';
import { nodesChurn, nodesFanout, nodesHistory, nodesRooms, nodesStorm } from './nodes.ts';
import { idle } from './idle.ts';
import { inspector } from './inspector.ts';
import { metrics } from './metrics.ts';
import { push } from './push.ts';
import { recovery } from './recovery.ts';
import { redis } from './redis.ts';
import { rpc } from './rpc.ts';
import { storm } from './storm.ts';
import { broadcast, fanout, ingress, rooms } from './traffic.ts';
import { windows } from './windows.ts';

export const SCENARIOS: readonly Scenario[] = [
  fanout,
  rooms,
  ingress,
  broadcast,
  centrifugeFanout,
  centrifugeRooms,
  centrifugeIngress,
  ...windows,
  centrifugeHistory,
  recovery,
  churn,
  storm,
  idle,
  push,
  rpc,
  durability,
  inspector,
  ...metrics,
  growth,
  nodesRooms,
  nodesHistory,
  nodesFanout,
  nodesChurn,
  nodesStorm,
  redis,
];

/** @throws {Error} for an unknown name. */
export function pickScenarios(names: readonly string[] | undefined): readonly Scenario[] {
  if (names === undefined) return SCENARIOS;
  return names.map((name) => {
    const scenario = SCENARIOS.find((candidate) => candidate.name === name);
    if (scenario !== undefined) return scenario;
    throw new Error(
      `there is no scenario ${name}, only ${SCENARIOS.map((candidate) => candidate.name).join(', ')}`,
    );
  });
}
