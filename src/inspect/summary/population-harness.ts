/** For tests of the inspector: all actors of a server, with the rooms and connections of an actor harness. */

import { createMemoryBroker } from '../../broker/memory-broker.ts';
import { createHarness, type Harness, type HarnessOptions } from '../../actors/actor-harness.ts';
import { createMachines } from '../../actors/machines.ts';
import { NO_OBSERVER } from '../../actors/runtime/live-machine.ts';
import { createServerActor, type ServerRef } from '../../actors/server/server.ts';
import { DEFAULT_PROXY_POLICY } from '../../actors/servant/tars-proxy-events.ts';
import { startTarsProxy, type TarsProxyRef } from '../../actors/servant/tars-proxy.ts';
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
    deliveries: new Map([['crm', delivery]]),
  };
  const redaction = createRedaction(options.redact);
  const summaries = createSummaries({ population, redaction, clock });
  return { ...harness, population, server, proxy, summaries };
}
