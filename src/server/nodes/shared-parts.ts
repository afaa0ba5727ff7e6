/** The parts that several servers may have in common: what is stored, and what goes between nodes. */

import type { Broker } from '../../broker/broker.ts';
import type { Control } from '../../broker/control/control.ts';
import type { Presence } from '../../broker/presence/presence.ts';
import type { MutedRooms } from '../../operations/muted-rooms.ts';
import type { Revocations } from '../../operations/revocations.ts';
import type { RedisParts } from './redis-parts.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';

export interface SharedParts {
  readonly store: MembershipStore;
  readonly broker: Broker;
  readonly presence: Presence;
  readonly control: Control;
  readonly revocations: Revocations;
  readonly muted: MutedRooms;
  /** What other parts are built on, where the settings name one. */
  readonly redis?: RedisParts | undefined;
}

/** Lets go of them. The store is the last but Redis, whatever becomes of the others. */
export async function closeParts({
  store,
  broker,
  presence,
  control,
  revocations,
  muted,
  redis,
}: SharedParts): Promise<void> {
  await Promise.allSettled([control, presence, broker, revocations, muted].map(async (part) => part.close()));
  try {
    await store.close();
  } finally {
    await redis?.close();
  }
}
