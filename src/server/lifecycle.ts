/** What a server does when it starts and stops. Its machine (actors/server/server.ts) decides when. */

import type { Clock } from '../system/clock.ts';
import type { Backends } from '../actors/backend/backends.ts';
import type { Directory } from '../actors/directory.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Servants } from '../actors/servant/servants.ts';
import type { ServerServices } from '../actors/server/server.ts';
import type { HttpPool } from '../backends/http-pool.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { OutsidePresence } from '../operations/outside-presence.ts';
import type { Watchers } from '../operations/watchers.ts';
import type { ServantServer } from '../tars/server/servant-server.ts';
import type { ListenAddress, Transport } from '../transport/common/transport.ts';
import { closeRooms, emptyConnections, type Pace } from './draining.ts';
import { lookAfterOrphans } from './nodes/orphans.ts';
import { keepPresence, type PresenceKeeper } from './nodes/presence-keeper.ts';
import type { Hooks } from './hooks/create-hooks.ts';
import type { Webhooks } from './webhooks/create-webhooks.ts';
import type { Restoration } from './restoration.ts';
import { closeParts, type SharedParts } from './nodes/shared-parts.ts';

export interface ServicesInput {
  readonly address: ListenAddress;
  readonly directory: Directory;
  readonly rooms: Rooms;
  readonly restoration: Pick<Restoration, 'open' | 'run'>;
  readonly servants: Servants;
  readonly backends: Pick<Backends, 'stop'>;
  /** The connections to backends. */
  readonly http: Pick<HttpPool, 'load' | 'close'>;
  readonly hooks: Pick<Hooks, 'usesHttp'>;
  readonly webhooks: Pick<Webhooks, 'open' | 'start' | 'restored' | 'wasClean' | 'stop'>;
  readonly shared: SharedParts;
  readonly outside: Pick<OutsidePresence, 'rooms' | 'drop' | 'close'>;
  /** They are told that nothing more comes, before their responses are cut off. */
  readonly watchers: Pick<Watchers, 'close'>;
  readonly events: EventSink;
  readonly clock: Clock;
  /** How fast connections are closed when the server stops. */
  readonly pace: Pace;
  readonly transport: Transport;
  /** Absent: there is none. */
  readonly certificates: { open(): void; close(): void } | undefined;
  readonly pushServer: ServantServer | undefined;
  /** Closed late: pages that watch see the server drain, to its last states. */
  readonly inspector: Pick<Inspector, 'close'> | undefined;
  readonly metrics: Pick<Metrics, 'start' | 'stop'> | undefined;
}

export function createServices(input: ServicesInput): ServerServices {
  const {
    address,
    directory,
    restoration,
    servants,
    backends,
    http,
    hooks,
    webhooks,
    shared,
    events,
    inspector,
    metrics,
    transport,
    pushServer,
  } = input;
  let restoring: Promise<void> | undefined;
  let keeper: PresenceKeeper | undefined;
  let endOrphans: (() => void) | undefined;
  return {
    async prepare() {
      metrics?.start();
      await shared.redis?.start();
      await shared.control.open?.();
      await Promise.all([shared.revocations.load(), shared.muted.load()]);
      await restoration.open();
      // The store has locked the data directory.
      await webhooks.open();
    },
    restore() {
      restoring ??= restoration.run().then((isWhole) => {
        if (isWhole) webhooks.restored();
      });
      return restoring;
    },
    async bind() {
      webhooks.start();
      // The first questions shall not wait for it: many clients may come at once.
      if (hooks.usesHttp) await http.load();
      await pushServer?.listen();
      keeper = keepPresence({ ...input, presence: shared.presence });
      endOrphans = lookAfterOrphans({
        ...input,
        store: shared.store,
        refreshPresence: () => keeper?.refresh(),
      });
      const listening = await transport.listen(address);
      input.certificates?.open();
      const { wasClean } = webhooks;
      events.emit('server.started', wasClean === undefined ? {} : { clean: wasClean });
      return listening;
    },
    emptyConnections(signal) {
      endOrphans?.();
      return emptyConnections(input, input.pace, signal);
    },
    closeRooms: (signal) => closeRooms(input, signal),
    async release() {
      endOrphans?.();
      keeper?.end();
      input.outside.close();
      await pushServer?.close();
      inspector?.close();
      input.watchers.close();
      input.certificates?.close();
      await transport.close();
      await webhooks.stop();
      await Promise.all([servants.stop(), backends.stop()]);
      await http.close();
      for (const room of directory.rooms.values()) room.stop();
      await closeParts(shared);
      metrics?.stop();
    },
  };
}
