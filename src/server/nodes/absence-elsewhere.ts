/** Who is away on other nodes, as the store and the control that they share tell and are told. */

import type { AbsenceElsewhere } from '../../actors/directory.ts';
import type { Control, Order } from '../../broker/control/control.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { MembershipStore } from '../../storage/membership-store.ts';
import type { Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';

/** A client that connects waits no longer for it. */
const LOOK_UP_MS = 2_000;
/** An order is one message. */
const USERS_AN_ORDER = 500;
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

  /** A node that does not hear of it waits until the time of the user is over. */
  function order(what: Order): void {
    void (async () => control.order(what))().catch(() => undefined);
  }

  return {
    async roomsOf(user) {
      try {
        return await settleInTime(clock, lookUp(user), LOOK_UP_MS, NO_ANSWER);
      } catch (error) {
        events.emit('store.failed', { error });
        return [];
      }
    },
    tellResumed: (user, room) => order({ type: 'resume', room, user }),
    recall(users, room) {
      for (let start = 0; start < users.length; start += USERS_AN_ORDER) {
        order({ type: 'recall', room, users: users.slice(start, start + USERS_AN_ORDER) });
      }
    },
  };
}
