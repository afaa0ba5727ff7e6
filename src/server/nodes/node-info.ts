/** What a node tells of itself, when all nodes are asked how they are. */

import { hostname } from 'node:os';
import type { Directory } from '../../actors/directory.ts';
import type { NodeInfo } from '../../operations/operations.ts';
import type { Clock } from '../../system/clock.ts';
import { VERSION } from '../../system/package-info.ts';

export interface NodeInfoInput {
  /** The id of the node. */
  readonly uid: string;
  readonly directory: Pick<Directory, 'connections' | 'countUsers' | 'rooms'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** The port of clients; 0 if it is not known yet. */
  readonly port: () => number;
}

/** The share of the processor is measured from one question to the next. */
export function createNodeInfo({ uid, directory, clock, port }: NodeInfoInput): () => NodeInfo {
  const startedAt = clock.monotonic();
  let measuredAt = startedAt;
  let used = process.cpuUsage();
  let cpu = 0;

  function measureCpu(): number {
    const now = clock.monotonic();
    // Two questions in a row would divide by almost nothing.
    if (now - measuredAt < MIN_MEASURE_MS) return cpu;
    const { user, system } = process.cpuUsage(used);
    cpu = Math.round((user + system) / 10 / (now - measuredAt));
    used = process.cpuUsage();
    measuredAt = now;
    return cpu;
  }

  return () => {
    let rooms = 0;
    let memberships = 0;
    for (const { record } of directory.rooms.values()) {
      const { size } = record.roster.joined;
      memberships += size;
      if (size > 0) rooms += 1;
    }
    return {
      uid,
      name: nameOf(port()),
      version: VERSION,
      connections: directory.connections.size,
      users: directory.countUsers(),
      rooms,
      memberships,
      uptimeSeconds: Math.floor((clock.monotonic() - startedAt) / 1000),
      process: { cpu: measureCpu(), rss: process.memoryUsage.rss() },
    };
  };
}

/** Nodes of one machine differ by their ports. */
function nameOf(port: number): string {
  return port === 0 ? hostname() : `${hostname()}:${port}`;
}

const MIN_MEASURE_MS = 500;
