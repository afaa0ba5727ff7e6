/** All the charts of the server, by the kind of actor that runs them. */

import { connectionMachine } from './connection/connection.ts';
import { goLive, type MachineObserver } from './runtime/live-machine.ts';
import { membershipMachine } from './room/membership.ts';
import { moderationMachine } from './room/moderation.ts';
import { roomMachine } from './room/room.ts';
import { serverMachine } from './server/server.ts';
import { tarsProxyMachine } from './servant/tars-proxy.ts';

export interface Machines {
  readonly server: typeof serverMachine;
  readonly connection: typeof connectionMachine;
  readonly membership: typeof membershipMachine;
  readonly room: typeof roomMachine;
  readonly moderation: typeof moderationMachine;
  readonly tarsProxy: typeof tarsProxyMachine;
}

/** The charts as they were written. */
export const MACHINES: Machines = {
  server: serverMachine,
  connection: connectionMachine,
  membership: membershipMachine,
  room: roomMachine,
  moderation: moderationMachine,
  tarsProxy: tarsProxyMachine,
};

/** The charts for a server to run, watched by `observer`; `now` tells milliseconds since 1970. */
export function createMachines(
  observer: MachineObserver,
  now: () => number,
  machines: Machines = MACHINES,
): Machines {
  return {
    server: goLive(machines.server, observer, now),
    connection: goLive(machines.connection, observer, now),
    membership: goLive(machines.membership, observer, now),
    room: goLive(machines.room, observer, now),
    moderation: goLive(machines.moderation, observer, now),
    tarsProxy: goLive(machines.tarsProxy, observer, now),
  };
}
