/** What a server does to the world as it starts and stops; when it does so is the server machine's (actors/server/server.ts). */

import type { Clock } from '../system/clock.ts';
import type { Directory } from '../actors/directory.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Servants } from '../actors/servant/servants.ts';
import type { ServerAddress, ServerRef, ServerServices } from '../actors/server/server.ts';
import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Inspector } from '../inspect/inspector.ts';
import type { MembershipStore } from '../storage/membership-store.ts';
import type { ServantServer } from '../tars/server/servant-server.ts';
import type { Transport } from '../transport/transport.ts';
import { closeRooms, emptyConnections } from './draining.ts';

/** Why a server that was closed does not listen. */
export const CLOSED = 'the server was closed before it listened; make a new one';

export interface ServicesInput {
  readonly address: ServerAddress;
  readonly directory: Directory;
  readonly rooms: Rooms;
  readonly servants: Servants;
  readonly store: MembershipStore;
  readonly events: EventSink;
  readonly clock: Clock;
  /** Asked for when they are needed, since they are made after the server's machine. */
  readonly getTransport: () => Transport;
  readonly getPushServer: () => ServantServer | undefined;
  /** Those who watch see the server drain, to its last states. */
  readonly inspector: Pick<Inspector, 'close'> | undefined;
}

export function createServices(input: ServicesInput): ServerServices {
  const { address, directory, rooms, servants, store, events, inspector, getTransport, getPushServer } =
    input;
  return {
    async restore() {
      const { rooms: names, setAside = [] } = await store.rooms();
      for (const { place, reason } of setAside) {
        events.emit('store.failed', { error: new Error(reason), setAside: place });
      }
      const opened = names.map((name) => rooms.open(name)).filter((room) => room instanceof SupervisedRoom);
      await Promise.all(opened.map((room) => room.untilOpen()));
    },
    async bind() {
      await getPushServer()?.listen();
      return getTransport().listen(address);
    },
    emptyConnections: (signal) => emptyConnections(input, signal),
    closeRooms: (signal) => closeRooms(input, signal),
    async release() {
      await getPushServer()?.close();
      inspector?.close();
      await getTransport().close();
      await servants.stop();
      for (const room of directory.rooms.values()) room.stop();
      await store.close();
    },
  };
}

export function startListening(actor: ServerRef): Promise<ServerAddress> {
  return new Promise((resolve, reject) => {
    actor.subscribe((snapshot) => {
      const { address, error } = snapshot.context;
      if (snapshot.matches('failed')) reject(error);
      else if (address !== undefined) resolve(address);
      else if (snapshot.matches('stopped')) reject(new Error(CLOSED));
    });
    actor.start();
  });
}

export async function stop(actor: ServerRef): Promise<void> {
  if (actor.getSnapshot().status !== 'active') return;
  const stopped = new Promise<void>((resolve) => {
    actor.subscribe({ complete: resolve });
  });
  actor.send({ type: 'server.stop' });
  await stopped;
}
