/** All the charts of the server, by the kind of actor that runs them. */

import { backendMachine } from './backend/backend.ts';
import { questionMachine } from './backend/question.ts';
import { connectionMachine } from './connection/connection.ts';
import { deliveryMachine } from './webhook/delivery.ts';
import { goLive, type MachineObserver } from './runtime/live-machine.ts';
import { membershipMachine } from './room/membership.ts';
import { moderationMachine } from './room/moderation.ts';
import { redisLinkMachine } from './redis/redis-link.ts';
import { roomMachine } from './room/room.ts';
import { serverMachine } from './server/server.ts';
import { tarsProxyMachine } from './servant/tars-proxy.ts';

export interface Machines {
  readonly server: typeof serverMachine;
  readonly connection: typeof connectionMachine;
  readonly membership: typeof membershipMachine;
  readonly room: typeof roomMachine;
  readonly moderation: typeof moderationMachine;
  readonly question: typeof questionMachine;
  readonly backend: typeof backendMachine;
  readonly tarsProxy: typeof tarsProxyMachine;
  readonly delivery: typeof deliveryMachine;
  readonly redisLink: typeof redisLinkMachine;
}

/** The charts as they were written. */
export const MACHINES: Machines = {
  server: serverMachine,
  connection: connectionMachine,
  membership: membershipMachine,
  room: roomMachine,
  moderation: moderationMachine,
  question: questionMachine,
  backend: backendMachine,
  tarsProxy: tarsProxyMachine,
  delivery: deliveryMachine,
  redisLink: redisLinkMachine,
};

/** The charts for a server to run, watched by `observer`; `monotonic` is of the clock. */
export function createMachines(
  observer: MachineObserver,
  monotonic: () => number,
  machines: Machines = MACHINES,
): Machines {
  return {
    server: goLive(machines.server, observer, monotonic),
    connection: goLive(machines.connection, observer, monotonic),
    membership: goLive(machines.membership, observer, monotonic),
    room: goLive(machines.room, observer, monotonic),
    moderation: goLive(machines.moderation, observer, monotonic),
    question: goLive(machines.question, observer, monotonic),
    backend: goLive(machines.backend, observer, monotonic),
    tarsProxy: goLive(machines.tarsProxy, observer, monotonic),
    delivery: goLive(machines.delivery, observer, monotonic),
    redisLink: goLive(machines.redisLink, observer, monotonic),
  };
}
