/** Who is away on other nodes, as the store and the control that they share tell and are told. */

import type { AbsenceElsewhere } from '../../actors/directory.ts';
import type { Control } from '../../broker/control/control.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';
import type { Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';

/** A client that connects waits no longer for it. */
const LOOK_UP_MS = 2_000;
const NO_ANSWER = `the store does not tell within ${LOOK_UP_MS / 1000} seconds where a user is away`;

interface ElsewhereInput {
  readonly store: MembershipStore;
  readonly control: Pick<Control, 'order'>;
  readonly events: EventSink;
  readonly clock: Clock;
}

/** Undefined where the store is not shared. */
export function createAbsenceElsewhere({
  store,
  control,
  events,
  clock,
}: ElsewhereInput): AbsenceElsewhere | undefined {
  if (store.awayIn === undefined) return undefined;
  const lookUp = store.awayIn.bind(store);
  return {
    async roomsOf(user) {
      try {
        return await settleInTime(clock, lookUp(user), LOOK_UP_MS, NO_ANSWER);
      } catch (error) {
        events.emit('store.failed', { error });
        return [];
      }
    },
    tellResumed(user, room) {
      // A node that does not hear of it waits until the time of the user is over.
      void (async () => control.order({ type: 'resume', room, user }))().catch(() => undefined);
    },
  };
}
