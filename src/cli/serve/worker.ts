/** A process as one of several workers: what it has of its primary process, and how it obeys it. */

import type { Logger } from 'pino';
import type { WorkerHealth } from '../../http/health-route.ts';
import type { PortSharing } from '../../server/nodes/port-sharing.ts';
import type { ServantDefinitions } from '../../server/servants/rpc.ts';
import type { ServerOptions, StatecastServer } from '../../server/server-options.ts';
import { createMemoryOutboxes } from '../../webhooks/outbox/create-outbox.ts';
import { createRemoteBroker } from '../../workers/parts/broker-part.ts';
import { createRemoteControl } from '../../workers/parts/control-part.ts';
import { createRemotePresence } from '../../workers/parts/presence-part.ts';
import {
  createRemoteRevocations,
  createRemoteStatStore,
  createRemoteStore,
} from '../../workers/parts/store-parts.ts';
import { connectPrimary, createGivenSockets, type Placement } from '../../workers/worker/place.ts';
import type { Stopping } from './stopping.ts';

/** How long clients have for handshakes that had begun when their worker left the port, in milliseconds. */
const HANDSHAKES_MS = 500;

export interface Workplace {
  readonly sharing: PortSharing;
  /** What the primary holds. A broker, a presence and a control that the program brings stay its own. */
  parts<All extends ServantDefinitions>(code: ServerOptions<All>): Partial<ServerOptions<All>>;
  /** Lets the primary set the level of the log. */
  follow(log: Logger): void;
  /** Has the server end when the primary says so. */
  obey(server: Pick<StatecastServer, 'health' | 'close'>): Stopping;
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
    parts: ({ broker, presence, control }) => ({
      broker: broker ?? createRemoteBroker(channel),
      presence: presence ?? createRemotePresence(channel),
      control: control ?? createRemoteControl(channel),
      store: createRemoteStore(channel),
      revocations: createRemoteRevocations(channel),
      statStore: createRemoteStatStore(channel),
      outbox: createMemoryOutboxes,
    }),
    follow(log) {
      channel.serve('life', {
        logLevel(level: string) {
          log.level = level;
        },
      });
    },
    obey(server) {
      const beginning = new AbortController();
      const begin = (): void => beginning.abort();
      const ended = new Promise<void>((resolve, reject) => {
        beginning.signal.addEventListener('abort', () => void server.close().then(resolve, reject));
      });
      channel.serve('life', {
        ping() {
          const { connections, rooms } = server.health();
          return { connections, rooms };
        },
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
