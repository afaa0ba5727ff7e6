/** Puts together what the owner of a server may do; see operations.ts. */

import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import type { Answer, RpcPort } from '../actors/room/ports.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Broker } from '../broker/broker.ts';
import type { Order } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { EventSink } from '../events/server-events.ts';
import type { MessageLimits } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';
import { toFound, type AllNodes } from './all-nodes.ts';
import { createConnections } from './connections.ts';
import type { Done, Found, Operations } from './operations.ts';
import type { OutsidePresence } from './outside-presence.ts';
import { createPresenceSetting } from './presence-setting.ts';
import { createPublishing } from './publishing.ts';
import { createReading } from './reading.ts';
import type { Revocations } from './revocations.ts';
import { createRevoking } from './revoking.ts';
import type { Watchers } from './watchers.ts';

export interface OperationsInput {
  readonly rooms: Rooms;
  readonly nodes: AllNodes;
  readonly broker: Broker;
  readonly presence: Presence;
  readonly watchers: Pick<Watchers, 'watch'>;
  readonly outside: Pick<OutsidePresence, 'add'>;
  /** The functions of servants. */
  readonly rpc: RpcPort;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly limits: MessageLimits;
  readonly revocations: Revocations;
}

const DONE: Done = {};

export function createOperations(input: OperationsInput): Operations {
  const { rooms, nodes } = input;

  function order(given: Order): Answer<Found> {
    return nodes.order(given, toFound);
  }

  /** The room is opened here before the other nodes are told, so that a bad name is refused in any case. */
  function setMuted(room: string, type: 'mute' | 'unmute'): Answer<Done> {
    const opened = rooms.open(room);
    if (!(opened instanceof SupervisedRoom)) return { refusal: opened };
    return nodes.order({ type, room }, () => DONE);
  }

  return {
    ...createPublishing(rooms),
    ...createReading(input),
    ...createConnections(input),
    ...createPresenceSetting(input),
    ...createRevoking(input),
    watch: (room, listener) => input.watchers.watch(room, listener),
    kick: (room, connection, reason) => order({ type: 'kick', room, connection, reason }),
    mute: (room) => setMuted(room, 'mute'),
    unmute: (room) => setMuted(room, 'unmute'),
    closeRoom: (room, reason) => order({ type: 'close', room, reason }),
  };
}
