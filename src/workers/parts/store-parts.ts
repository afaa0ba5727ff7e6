/** The stores that the primary holds, as a worker uses them: of memberships, revocations, muted rooms, call statistics. */

import type {
  LoadedRoom,
  MembershipChange,
  MembershipStore,
  RoomList,
  StoredMember,
} from '../../storage/membership-store.ts';
import type { MuteChange, MuteStore } from '../../storage/mutes/mute-store.ts';
import type {
  Revocation,
  RevocationChange,
  RevocationStore,
} from '../../storage/revocations/revocation-store.ts';
import type { StatEntry } from '../../platform/statistics/stat-counts.ts';
import type { StatStore } from '../../platform/statistics/stat-store.ts';
import type { SharedStore } from '../shared-store.ts';
import type { Channel } from '../channel/channel.ts';

/** A disk may be slow: the room that waits has a deadline of its own. */
const DISK_MS = 60_000;

export function serveStore(channel: Channel, store: ReturnType<SharedStore['of']>): void {
  channel.serve('store', {
    rooms: () => store.rooms(),
    load: (room: string) => store.load(room),
    write: (room: string, changes: readonly MembershipChange[]) => store.write(room, changes),
    awayMembers: (room: string) => store.awayMembers(room),
    awayIn: (user: string) => store.awayIn(user),
    watch: () => void store.onOrphaned((rooms) => channel.tell('store.orphaned', [rooms])),
    close: () => store.close(),
  });
}

/** About what the store of the primary process works on at a time. */
const PARALLEL_CALLS = 16;

export function createRemoteStore(channel: Channel): MembershipStore {
  const call = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    channel.call(`store.${method}`, args, DISK_MS);
  return {
    parallel: PARALLEL_CALLS,
    rooms: () => call('rooms') as Promise<RoomList>,
    load: (room) => call('load', room) as Promise<LoadedRoom>,
    write: (room, changes) => call('write', room, changes) as Promise<void>,
    awayMembers: (room) => call('awayMembers', room) as Promise<readonly StoredMember[]>,
    awayIn: (user) => call('awayIn', user) as Promise<readonly string[]>,
    onOrphaned(listener) {
      let isOver = false;
      channel.serve('store', {
        orphaned(rooms: readonly string[]) {
          if (!isOver) listener(rooms);
        },
      });
      channel.tell('store.watch', []);
      return () => {
        isOver = true;
      };
    },
    close: () => call('close') as Promise<void>,
  };
}

/** What keeps a table whole. */
interface TableStore<Row, Change> {
  load(): Promise<readonly Row[]>;
  write(changes: readonly Change[]): Promise<void>;
}

/** One call at a time, whoever it comes from, as the store asks for. It is closed by the primary. */
export function createTableServing<Row, Change>(
  part: 'revocations' | 'mutes',
  store: TableStore<Row, Change>,
): (channel: Channel) => void {
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = last.then(task, task);
    last = result.catch(() => undefined);
    return result;
  }

  return (channel) =>
    channel.serve(part, {
      load: () => inTurn(() => store.load()),
      write: (changes: readonly Change[]) => inTurn(() => store.write(changes)),
    });
}

export function createRemoteRevocations(channel: Channel): RevocationStore {
  return createRemoteTable<Revocation, RevocationChange>(channel, 'revocations');
}

export function createRemoteMutes(channel: Channel): MuteStore {
  return createRemoteTable<string, MuteChange>(channel, 'mutes');
}

function createRemoteTable<Row, Change>(
  channel: Channel,
  part: 'revocations' | 'mutes',
): TableStore<Row, Change> & { close(): Promise<void> } {
  return {
    load: () => channel.call(`${part}.load`, [], DISK_MS) as Promise<readonly Row[]>,
    write: (changes: readonly Change[]) => channel.call(`${part}.write`, [changes], DISK_MS) as Promise<void>,
    close: async () => undefined,
  };
}

/** It is closed by the primary. */
export function serveStatStore(channel: Channel, store: StatStore): void {
  channel.serve('statistics', {
    add: (entries: readonly StatEntry[], batch?: string) => store.add(entries, batch),
    take: (limit: number) => store.take(limit),
  });
}

export function createRemoteStatStore(channel: Channel): StatStore {
  return {
    add: (entries, batch) => channel.call('statistics.add', [entries, batch]) as Promise<void>,
    take: (limit) => channel.call('statistics.take', [limit]) as Promise<readonly StatEntry[]>,
    close: async () => undefined,
  };
}
