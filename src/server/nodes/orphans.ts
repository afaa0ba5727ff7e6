/**
 * What a server does about a store that it shares with others: it takes up what a server has left that runs no more, drops
 * what others have taken up of its own, and tells a store again that has lost everything.
 */

import { roomsOf } from '../../actors/connection/connection-setup.ts';
import type { Directory } from '../../actors/directory.ts';
import type { Rooms } from '../../actors/rooms.ts';
import { SERVER } from '../../actors/runtime/sender.ts';
import { send } from '../../actors/runtime/send.ts';
import type { OutsidePresence } from '../../operations/outside-presence.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';

interface OrphansInput {
  readonly store: MembershipStore;
  readonly directory: Pick<Directory, 'rooms' | 'connections'>;
  readonly rooms: Pick<Rooms, 'open'>;
  readonly outside: Pick<OutsidePresence, 'drop'>;
  /** Has the presence told at once who is here. */
  readonly refreshPresence: () => void;
}

/** Returns what ends it. */
export function lookAfterOrphans({
  store,
  directory,
  rooms,
  outside,
  refreshPresence,
}: OrphansInput): () => void {
  let isOver = false;

  function takeUp(name: string): void {
    if (isOver) return;
    const room = directory.rooms.get(name);
    // A room that is opened reads the store.
    if (room === undefined) rooms.open(name);
    else if (room.snapshot?.matches('closing') === true) void room.untilEnd().then(() => takeUp(name));
    else room.send({ type: 'room.orphaned' }, SERVER);
  }

  /** Clients come back by themselves, and get what they have missed. Their users are away meanwhile, where others look. */
  function dropAll(): void {
    const connections = [...directory.connections.values()];
    const members = connections.filter((one) => roomsOf(one.getSnapshot().context).size > 0);
    for (const room of directory.rooms.values()) room.drop();
    outside.drop();
    for (const one of members) send(one, { type: 'server.disconnect', close: 'insufficient' }, SERVER);
  }

  function tellAgain(): void {
    for (const room of directory.rooms.values()) room.send({ type: 'room.forgotten' }, SERVER);
    refreshPresence();
  }

  const ends = [
    store.onLost?.(dropAll),
    store.onEmptied?.(tellAgain),
    store.onOrphaned?.((names) => names.forEach(takeUp)),
  ];
  return () => {
    isOver = true;
    for (const end of ends) end?.();
  };
}
