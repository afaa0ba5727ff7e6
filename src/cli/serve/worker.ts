/** A process as one of several workers: what it has of its primary process, and how it obeys it. */

import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { WorkerHealth } from '../../http/health-route.ts';
import { watchNumbers } from '../../platform/reports/server-numbers.ts';
import type { CallStatistics } from '../../platform/statistics/call-statistics.ts';
import { toEntry } from '../../platform/statistics/stat-counts.ts';
import { StatTable } from '../../platform/statistics/stat-table.ts';
import type { PortSharing } from '../../server/nodes/port-sharing.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import type { ServerOptions, StatecastServer } from '../../server/server-options.ts';
import { createRemoteBroker } from '../../workers/parts/broker-part.ts';
import { createRemoteControl } from '../../workers/parts/control-part.ts';
import { createRemoteOutboxes } from '../../workers/parts/remote-outbox.ts';
import { createRemotePresence } from '../../workers/parts/presence-part.ts';
import {
  createRemoteMutes,
  createRemoteRevocations,
  createRemoteStatStore,
  createRemoteStore,
} from '../../workers/parts/store-parts.ts';
import { connectPrimary, createGivenSockets, type Placement } from '../../workers/worker/place.ts';
import type { Stopping } from './stopping.ts';

/** How long clients have for handshakes that had begun when their worker left the port, in milliseconds. */
const HANDSHAKES_MS = 500;

/** The events that the primary tells a TARS platform. */
const ALARMS = ['store.failed', 'store.recovered', 'room.failed', 'servant.circuit'] as const;
/** How often counts of calls go to the primary, in milliseconds. */
const GATHER_MS = 1_000;

export interface Workplace {
  readonly sharing: PortSharing;
  /**
   * What the primary holds. A broker, a presence and a control that the program brings stay its own.
   * @param isNode Whether the worker is a node of its own on Redis.
   */
  parts<All extends ServantDefinitions>(
    code: ServerOptions<All>,
    isNode: boolean,
  ): Partial<ServerOptions<All>>;
  /** Lets the primary set the level of the log. */
  follow(log: Logger): void;
  /** Has the server end when the primary says so. */
  obey(server: Pick<StatecastServer, 'health' | 'close' | 'on' | 'off' | 'callStatistics'>): Stopping;
  /** Tells the primary that the server listens. */
  listening(): void;
  /** Lets the process end. */
  leave(): void;
}

/** Connects with the primary. A worker without it ends at once: what it knows is there. */
export async function joinPrimary(): Promise<Workplace> {
  const channel = connectPrimary();
  let isLeaving = false;
  void channel.closed.then(() => {
    if (!isLeaving) process.exit(1);
  });
  const { host: _host, isGiven, port, tarsPort } = (await channel.call('life.placement', [])) as Placement;
  let workers: readonly WorkerHealth[] = [];
  let leavePort: (() => void) | undefined;

  channel.serve('life', {
    workers(table: readonly WorkerHealth[]) {
      workers = table;
    },
  });

  return {
    sharing: {
      port,
      web: isGiven ? createGivenSockets(process, 'web', port) : true,
      tars: tarsPort === undefined ? undefined : createGivenSockets(process, 'tars', tarsPort),
      workers: () => workers,
      onLeave(leave) {
        leavePort = leave;
      },
    },
    parts: ({ broker, presence, control }, isNode) => ({
      statStore: createRemoteStatStore(channel),
      ...(!isNode && {
        broker: broker ?? createRemoteBroker(channel),
        presence: presence ?? createRemotePresence(channel),
        control: control ?? createRemoteControl(channel),
        store: createRemoteStore(channel),
        revocations: createRemoteRevocations(channel),
        mutes: createRemoteMutes(channel),
        outbox: createRemoteOutboxes(channel),
      }),
    }),
    follow(log) {
      channel.serve('life', {
        logLevel(level: string) {
          log.level = level;
        },
      });
    },
    obey(server) {
      const numbers = watchNumbers(server);
      for (const name of ALARMS)
        server.on(name, (event) => channel.tell('life.event', [name, toPlain(event)]));
      gatherCalls(server.callStatistics);
      const beginning = new AbortController();
      const begin = (): void => beginning.abort();
      const ended = new Promise<void>((resolve, reject) => {
        beginning.signal.addEventListener('abort', () => void server.close().then(resolve, reject));
      });
      channel.serve('life', {
        ping: () => numbers.read(),
        end(leavesPort: boolean) {
          if (!leavesPort) begin();
          else {
            leavePort?.();
            setTimeout(begin, HANDSHAKES_MS);
          }
        },
      });
      // A terminal tells the whole group; the primary decides what it means. systemd may tell each process.
      process.on('SIGTERM', begin);
      process.on('SIGINT', () => undefined);
      process.on('SIGHUP', () => undefined);
      return { begin, ended };
    },
    listening: () => channel.tell('life.listening', []),
    leave() {
      isLeaving = true;
      channel.end();
      if (process.connected) process.disconnect();
    },
  };
}

function toPlain(event: object): object {
  const { error } = event as { error?: Error | string };
  return error === undefined ? event : { ...event, error: error instanceof Error ? error.message : error };
}

/** Brings what is counted of calls into the store that all workers have in common. */
function gatherCalls({ store, collect }: CallStatistics): void {
  const counted = new StatTable();
  collect((call) => counted.add(toEntry(call)));
  setInterval(() => {
    const entries = counted.take();
    // It fails when the primary is gone.
    if (entries.length > 0) void store.add(entries, randomUUID()).catch(() => undefined);
  }, GATHER_MS).unref();
}
