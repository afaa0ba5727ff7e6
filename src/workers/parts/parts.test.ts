/** The parts that a worker uses keep the contracts of those that the primary holds. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { describeBroker } from '../../broker/broker-contract.ts';
import { describeControl } from '../../broker/control/control-contract.ts';
import { createMemoryBrokers } from '../../broker/memory-broker.ts';
import { createMemoryPresence } from '../../broker/presence/memory-presence.ts';
import { describePresence } from '../../broker/presence/presence-contract.ts';
import { createMemoryStatStore } from '../../platform/statistics/memory-stat-store.ts';
import { describeStatStore } from '../../platform/statistics/stat-store-contract.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { createMemoryMutes } from '../../storage/mutes/memory-mutes.ts';
import { describeMuteStore } from '../../storage/mutes/mute-contract.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import { describeRevocationStore } from '../../storage/revocations/revocation-contract.ts';
import { describeMembershipStore } from '../../storage/store-contract.ts';
import { FakeClock } from '../../system/clock-harness.ts';
import {
  createFileOutboxes,
  createMemoryOutboxes,
  type CreateOutbox,
} from '../../webhooks/outbox/create-outbox.ts';
import { describeOutbox } from '../../webhooks/outbox/outbox-contract.ts';
import type { Channel } from '../channel/channel.ts';
import { connectChannels, type ChannelPair } from '../channel/channel-pair-harness.ts';
import { SharedStore } from '../shared-store.ts';
import { createRemoteBroker, serveBroker } from './broker-part.ts';
import { ControlHub, createRemoteControl } from './control-part.ts';
import { OutboxHub } from './outbox-part.ts';
import { createRemoteOutboxes } from './remote-outbox.ts';
import { createRemotePresence, servePresence } from './presence-part.ts';
import {
  createRemoteMutes,
  createRemoteRevocations,
  createRemoteStatStore,
  createRemoteStore,
  createTableServing,
  serveStatStore,
  serveStore,
} from './store-parts.ts';

const framework = { describe, test };

/** Connects workers with a primary, which serves each of them so. */
function createPlace(serve: (channel: Channel) => void) {
  const open: Channel[] = [];
  return {
    async worker(): Promise<Channel> {
      const { primary, worker } = await connectChannels();
      serve(primary);
      open.push(worker);
      return worker;
    },
    async dispose(): Promise<void> {
      for (const channel of open) channel.destroy();
      await Promise.all(open.map(({ closed }) => closed));
    },
  };
}

describeBroker(framework, {
  name: 'the broker of a worker',
  async createPlace() {
    const clock = new FakeClock();
    const connect = createMemoryBrokers({ clock });
    const place = createPlace((channel) => serveBroker(channel, connect()));
    return {
      ...place,
      connect: async () => createRemoteBroker(await place.worker()),
      elapse: async (ms) => clock.increment(ms),
    };
  },
});

describePresence(framework, {
  name: 'the presence of a worker',
  async createPlace() {
    const presence = createMemoryPresence();
    const place = createPlace((channel) => servePresence(channel, presence));
    return { ...place, connect: async () => createRemotePresence(await place.worker()) };
  },
});

describeControl(framework, {
  name: 'the control of a worker',
  async createPlace() {
    const hub = new ControlHub();
    const place = createPlace((channel) => hub.serve(channel));
    return { ...place, connect: async () => createRemoteControl(await place.worker()) };
  },
});

describeMembershipStore(framework, {
  name: 'the store of a worker',
  persistent: true,
  shared: true,
  async createPlace() {
    const shared = new SharedStore(createMemoryStore(), createMemoryPresence());
    let opened = 0;
    const place = createPlace((channel) => {
      opened += 1;
      serveStore(channel, shared.of(String(opened)));
    });
    return { ...place, open: async () => createRemoteStore(await place.worker()) };
  },
});

describeRevocationStore(framework, {
  name: 'the revocations of a worker',
  persistent: true,
  async createPlace() {
    const place = createPlace(createTableServing('revocations', createMemoryRevocations()));
    return { ...place, open: async () => createRemoteRevocations(await place.worker()) };
  },
});

describeMuteStore(framework, {
  name: 'the mutes of a worker',
  async create() {
    const place = createPlace(createTableServing('mutes', createMemoryMutes()));
    const store = createRemoteMutes(await place.worker());
    return { ...store, close: () => place.dispose() };
  },
});

describeStatStore(framework, {
  name: 'the statistics of a worker',
  persistent: true,
  async createPlace() {
    const store = createMemoryStatStore();
    const place = createPlace((channel) => serveStatStore(channel, store));
    return { ...place, open: async () => createRemoteStatStore(await place.worker()) };
  },
});

/** How often a test opens its outbox, at most. */
const RUNS = 4;

for (const place of ['in memory', 'on disk'] as const) {
  describeOutbox(framework, {
    name: `the outbox of a worker, held ${place}`,
    async createPlace() {
      const dir = await mkdtemp(join(tmpdir(), 'statecast-outbox-'));
      const create: CreateOutbox = place === 'on disk' ? createFileOutboxes({ dir }) : createMemoryOutboxes;
      const clock = new FakeClock();
      const hub = new OutboxHub(create, clock);
      const pairs = await Promise.all(Array.from({ length: RUNS }, () => connectChannels()));
      let last: ChannelPair | undefined;
      for (const { primary } of pairs) {
        const forget = hub.serve(primary);
        void primary.closed.then(forget);
      }
      return {
        make(options) {
          const before = last;
          last = pairs.shift()!;
          const outbox = createRemoteOutboxes(last.worker)('webhook', { ...options, clock });
          const open = outbox.open.bind(outbox);
          return Object.assign(outbox, {
            async open() {
              before?.worker.destroy();
              await before?.primary.closed;
              return open();
            },
          });
        },
        async dispose() {
          for (const { worker } of [...pairs, ...(last === undefined ? [] : [last])]) worker.destroy();
          await hub.close();
          await rm(dir, { recursive: true });
        },
      };
    },
  });
}
