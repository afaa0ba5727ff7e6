/**
 * Chooses the parts that several servers may have in common. What the user of the library gives comes first, then what is
 * on the Redis of the settings, then what one process has alone.
 */

import type { Directory } from '../../actors/directory.ts';
import type { RoomOptions } from '../../actors/room/room-options.ts';
import type { Broker } from '../../broker/broker.ts';
import type { Control } from '../../broker/control/control.ts';
import { createMemoryControl } from '../../broker/control/memory-control.ts';
import { HeldBroker } from '../../broker/held-broker.ts';
import { createMemoryBroker } from '../../broker/memory-broker.ts';
import { createMemoryPresence } from '../../broker/presence/memory-presence.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import { watchBroker } from '../../broker/watched-broker.ts';
import type { EventSink } from '../../events/server-events.ts';
import { MutedRooms } from '../../operations/muted-rooms.ts';
import { Revocations } from '../../operations/revocations.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';
import { createMemoryStore } from '../../storage/memory-store.ts';
import { createMemoryMutes } from '../../storage/mutes/memory-mutes.ts';
import { createMemoryRevocations } from '../../storage/revocations/memory-revocations.ts';
import type { MuteStore } from '../../storage/mutes/mute-store.ts';
import type { RevocationStore } from '../../storage/revocations/revocation-store.ts';
import type { Clock } from '../../system/clock.ts';
import { createMemoryOutboxes, type CreateOutbox } from '../../webhooks/outbox/create-outbox.ts';
import { endRevoked } from './end-revoked.ts';
import type { RedisParts } from './redis-parts.ts';
import type { SharedParts } from './shared-parts.ts';
import { hasStreamReaders, tellGap } from './stream-gaps.ts';

/** The parts that the user of the library may give. */
export interface GivenParts {
  readonly store?: MembershipStore | undefined;
  readonly broker?: Broker | undefined;
  readonly presence?: Presence | undefined;
  readonly control?: Control | undefined;
  readonly revocations?: RevocationStore | undefined;
  readonly mutes?: MuteStore | undefined;
  readonly outbox?: CreateOutbox | undefined;
}

/** Tells the parts that are given from the other options. */
export function takeParts<Options extends GivenParts>(
  options: Options,
): readonly [given: GivenParts, rest: Omit<Options, keyof GivenParts>] {
  const { store, broker, presence, control, revocations, mutes, outbox, ...rest } = options;
  return [{ store, broker, presence, control, revocations, mutes, outbox }, rest];
}

interface ChoiceInput {
  readonly given: GivenParts;
  readonly redis: RedisParts | undefined;
  readonly clock: Clock;
  readonly events: EventSink;
  /** Most that all streams in memory may occupy, in bytes. */
  readonly historyBytes: number;
  /** The parts are made before it. */
  readonly directory: () => Directory;
  readonly optionsOf: (room: string) => RoomOptions;
  /** Makes a broker whose publications are measured. */
  readonly measure?: ((broker: Broker) => Broker) | undefined;
}

interface ChosenParts extends SharedParts {
  readonly broker: HeldBroker;
  readonly createOutbox: CreateOutbox;
}

export function createSharedParts({
  given,
  redis,
  clock,
  events,
  historyBytes,
  directory,
  optionsOf,
  measure,
}: ChoiceInput): ChosenParts {
  const broker =
    given.broker ?? redis?.createBroker() ?? createMemoryBroker({ clock, maxBytes: historyBytes });
  const watched = watchBroker(measure?.(broker) ?? broker, {
    clock,
    keepsHistory: (room) => (directory().rooms.get(room)?.record.options ?? optionsOf(room)).history.size > 0,
    isWatched: (room) => hasStreamReaders(directory(), room),
    onGap: (room) => tellGap(directory(), room),
  });
  const control = given.control ?? redis?.createControl() ?? createMemoryControl();
  // A node that does not hear of it reads its tables when Redis is there again the next time.
  const haveReloaded = (): void =>
    void (async () => control.order({ type: 'reload' }))().catch(() => undefined);
  return {
    store: given.store ?? redis?.createStore() ?? createMemoryStore(),
    broker: new HeldBroker(watched, (room) => directory().rooms.get(room)?.record.subscription ?? 'none'),
    presence: given.presence ?? redis?.createPresence() ?? createMemoryPresence(),
    control,
    revocations: new Revocations({
      store: given.revocations ?? redis?.createRevocations() ?? createMemoryRevocations(),
      clock,
      events,
      onFound(found) {
        for (const one of found) endRevoked(directory(), one);
      },
      onToldAgain: haveReloaded,
    }),
    muted: new MutedRooms({
      store: given.mutes ?? redis?.createMutes() ?? createMemoryMutes(),
      clock,
      events,
      onFound: ({ room, muted }) =>
        directory()
          .rooms.get(room)
          ?.send({ type: muted ? 'room.mute' : 'room.unmute' }, 'library'),
      onToldAgain: haveReloaded,
    }),
    createOutbox: given.outbox ?? redis?.createOutbox ?? createMemoryOutboxes,
    redis,
  };
}
