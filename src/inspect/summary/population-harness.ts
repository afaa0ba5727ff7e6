/** For tests of the inspector: all actors of a server, with the rooms and connections of an actor harness. */

import { createMemoryControl } from '../../broker/control/memory-control.ts';
import { HeldBroker } from '../../broker/held-broker.ts';
import { createMemoryBroker } from '../../broker/memory-broker.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../actors/actor-harness.ts';
import { createMachines } from '../../actors/machines.ts';
import { NO_OBSERVER } from '../../actors/runtime/live-machine.ts';
import { createServerActor, type ServerRef } from '../../actors/server/server.ts';
import { DEFAULT_PROXY_POLICY } from '../../actors/servant/tars-proxy-events.ts';
import { startTarsProxy, type TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
import { createAllNodes } from '../../operations/all-nodes.ts';
import { createOperations } from '../../operations/create-operations.ts';
import { DEFAULT_MESSAGE_BYTES, DEFAULT_ROOM_NAME_BYTES } from '../../protocol/limits.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import { createControlNode } from '../../server/nodes/control-node.ts';
import { createNodeInfo } from '../../server/nodes/node-info.ts';
import { OutsidePresence } from '../../operations/outside-presence.ts';
import { MutedRooms } from '../../operations/muted-rooms.ts';
import { Revocations } from '../../operations/revocations.ts';
import { Watchers } from '../../operations/watchers.ts';
import { createMemoryMutes } from '../../storage/mutes/memory-mutes.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import type { RoomOperations } from '../rooms/room-operations.ts';
import { startDelivery } from '../../actors/webhook/delivery.ts';
import { createMemoryOutbox } from '../../webhooks/outbox/memory-outbox.ts';
import type { Population } from '../population/population.ts';
import { createRedaction } from '../redaction/redaction.ts';
import { createSummaries, type Summaries } from './summaries.ts';

export interface PopulationHarness extends Harness {
  readonly population: Population;
  readonly server: ServerRef;
  /** The proxy of a servant named `hello`, which never answers. */
  readonly proxy: TarsProxyRef;
  readonly summaries: Summaries;
  /** As a server with these rooms and connections has them. */
  readonly operations: RoomOperations;
}

/** What the inspector does in the rooms of a harness, as on a server that is one process. */
function createRoomOperations({ rooms, directory, clock, broker, presence }: Harness): RoomOperations {
  const control = createMemoryControl();
  const events = { emit() {}, isHeard: () => false };
  const shared = { broker: new HeldBroker(broker, () => 'none'), presence };
  const outside = new OutsidePresence({ ...shared, clock, events, tellsMembers: () => false });
  const revocations = new Revocations({ store: createMemoryRevocations(), clock, events });
  const nodeInfo = createNodeInfo({ uid: 'node', directory, clock, port: () => 0 });
  const streams = { receive: () => false };
  const muted = new MutedRooms({ store: createMemoryMutes(), clock, events, onFound: () => undefined });
  const nodes = createAllNodes(control, events);
  control.attach(
    createControlNode({
      node: 'node',
      directory,
      streams,
      outside,
      nodeInfo,
      listActors: () => null,
      problems: { find: () => [] },
      tellMetrics: () => null,
      revocations,
      muted,
      events,
    }),
  );
  const limits = { messageBytes: DEFAULT_MESSAGE_BYTES, roomNameBytes: DEFAULT_ROOM_NAME_BYTES };
  const rpc = { call: async () => failCall('unknownFunction') };
  const watchers = new Watchers({ broker: shared.broker, clock, events, limits });
  const parts = { ...shared, rooms, nodes, outside, watchers, revocations, muted };
  return createOperations({ ...parts, isStopping: () => false, rpc, events, clock, limits });
}

/** @param redact fields that are withheld. The server is started, and listens when promises have settled. */
export function createPopulation(
  options: HarnessOptions & { readonly redact?: readonly string[] } = {},
): PopulationHarness {
  const harness = createHarness(options);
  const { clock, directory } = harness;
  const observer = options.observer ?? NO_OBSERVER;
  const machines = createMachines(observer, () => clock.monotonic());
  const events = { emit() {}, isHeard: () => false };
  const server = createServerActor(
    machines.server,
    {
      services: {
        async prepare() {},
        async restore() {},
        bind: async () => ({ host: '127.0.0.1', port: 8080 }),
        async emptyConnections() {},
        async closeRooms() {},
        async release() {},
      },
      broker: createMemoryBroker(),
      events,
      drainMs: 1_000,
    },
    clock,
  );
  server.start();
  const proxy = startTarsProxy(
    machines.tarsProxy,
    {
      name: 'hello',
      createLink: () => ({
        async open() {},
        send: () => true,
        timedOut() {},
        close() {},
      }),
      policy: DEFAULT_PROXY_POLICY,
      clock,
      events,
      random: () => 0,
    },
    (error) => {
      throw error;
    },
  );
  const delivery = startDelivery(
    machines.delivery,
    {
      name: 'crm',
      outbox: createMemoryOutbox({ maxEvents: 10, maxBytes: 1_000_000, onDropped: () => undefined }),
      send: async () => ({ taken: true }),
      policy: { limits: { events: 10, bytes: 1_000 }, gatherMs: 50, sendMs: 1_000, retryMs: 1_000 },
      clock,
      events,
      random: () => 0,
    },
    (error) => {
      throw error;
    },
  );
  const population: Population = {
    server,
    directory,
    proxies: new Map([['hello', proxy]]),
    backends: new Map(),
    questions: new Map(),
    deliveries: new Map([['crm', delivery]]),
    redisLinks: new Map(),
  };
  const redaction = createRedaction(options.redact);
  const summaries = createSummaries({ population, redaction, clock });
  return { ...harness, population, server, proxy, summaries, operations: createRoomOperations(harness) };
}
