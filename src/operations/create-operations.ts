/** Puts together what the owner of a server may do; see operations.ts. */

import type { Answer, RpcPort } from '../actors/room/ports.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Broker } from '../broker/broker.ts';
import type { Order } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { EventSink } from '../events/server-events.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import type { MessageLimits } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';
import { toFound, type AllNodes } from './all-nodes.ts';
import { createConnections } from './connections.ts';
import type { MutedRooms } from './muted-rooms.ts';
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
  /** Whether the server ends, and takes no mutes any more. */
  readonly isStopping: () => boolean;
  readonly muted: Pick<MutedRooms, 'takes' | 'list'>;
}

const DONE: Done = {};
const STOPPING = createRefusal('notAvailable', 'the server is shutting down');
const TOO_MANY_MUTED = createRefusal('limitExceeded', 'too many rooms are muted: unmute some of them');

export function createOperations(input: OperationsInput): Operations {
  const { rooms, nodes, muted } = input;

  function order(given: Order): Answer<Found> {
    return nodes.order(given, toFound);
  }

  function setMuted(room: string, type: 'mute' | 'unmute'): Answer<Done> {
    const refusal = rooms.refuseName(room) ?? refuseMute(room, type);
    if (refusal !== undefined) return { refusal };
    return nodes.order({ type, room }, () => DONE);
  }

  function refuseMute(room: string, type: 'mute' | 'unmute'): Refusal | undefined {
    if (input.isStopping()) return STOPPING;
    return type === 'unmute' || muted.takes(room) ? undefined : TOO_MANY_MUTED;
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
    mutedRooms: () => ({ rooms: muted.list() }),
    closeRoom: (room, reason) => order({ type: 'close', room, reason }),
  };
}
