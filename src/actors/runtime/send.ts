/**
 * The door by which actors are sent events: it names the sender to those who watch. When nothing is in the way, it has
 * the fast lane of the actor do the event right here, instead of by relay, mailbox and update. The actor counts as busy
 * meanwhile, so that what is sent to it waits in its mailbox. Which events a fast lane takes is the lane's.
 *
 * What it takes for granted of XState 5.33, and fast-lane/reliance*.test.ts hold it to:
 * - a mailbox is `_active` while its actor runs, and `_current` is the event at work, with the next ones behind
 *   it as far as `_last`; `flush` does those from `_current` on;
 * - `_process` has `logic.transition` work an event off, and ends the actor when that throws;
 * - `_processingStatus` is 2 when an actor has ended or was stopped, and then `send` does nothing;
 * - `update` takes a snapshot over and tells the `observers` that have a `next`; for the others it does nothing
 *   when it is the one of before.
 */

import type { AnyActorRef, AnyMachineSnapshot, EventObject } from 'xstate';
import type { Outcome } from './fast-lane/table.ts';
import type { Sender } from './sender.ts';
import { LANE, type FastLane, type Laned } from './fast-lane/fast-lane.ts';

/** What stands in a mailbox: an event, and what waits behind it. */
interface Letter {
  readonly value: EventObject | undefined;
  next: Letter | null;
}

interface Mailbox {
  readonly _active: boolean;
  _current: Letter | null;
  _last: Letter | null;
  flush(): void;
}

/** What an XState actor is besides what it shows. */
interface ActorInside {
  logic: Partial<Laned>;
  readonly mailbox: Mailbox;
  readonly _processingStatus: number;
  readonly observers: ReadonlySet<{ readonly next?: unknown }>;
  update(snapshot: unknown, event: EventObject): void;
  _process(event: EventObject): void;
  [ACCESS]?: Access;
}

const ACCESS = Symbol('access');

/** XState's number for the processing status of an actor that has stopped. */
const STOPPED = 2;

/** What sending directly needs of an actor, made when its lane first takes an event. */
interface Access {
  /** Kept here since logics are of many shapes, and this is of one. */
  readonly lane: FastLane;
  /** What stands in its mailbox while it is at work here. */
  readonly placeholder: Letter;
  /** How many observers it had when none of them was for snapshots. */
  quietSize: number;
}

/**
 * `actor.send(event)`, and quicker when the actor is idle and its fast lane takes the event.
 *
 * @param from Undefined where the sender is not known.
 */
export function send<Event extends EventObject>(
  actor: { send(event: Event): void },
  event: Event,
  from: Sender | undefined,
): void {
  const inside = actor as unknown as ActorInside;
  const self = actor as unknown as AnyActorRef;
  const { mailbox } = inside;
  const access = inside[ACCESS];
  const lane = access === undefined ? inside.logic?.[LANE] : access.lane;
  if (lane?.isWatching === true) lane.tellSent(self, event, from);
  if (lane !== undefined && mailbox._active && mailbox._current === null && lane.isOpenTo(self)) {
    const at = self.getSnapshot() as AnyMachineSnapshot;
    const outcome = lane.choose(at, event);
    if (outcome !== undefined) {
      runHere(inside, access ?? giveAccess(inside, lane), lane, outcome, at, event);
      return;
    }
  }
  // An actor that has stopped ignores it, and XState's development build would warn.
  if (inside._processingStatus !== STOPPED) actor.send(event);
}

function giveAccess(inside: ActorInside, lane: FastLane): Access {
  const access: Access = { lane, placeholder: { value: undefined, next: null }, quietSize: -1 };
  inside[ACCESS] = access;
  return access;
}

function runHere(
  inside: ActorInside,
  access: Access,
  lane: FastLane,
  outcome: Outcome,
  at: AnyMachineSnapshot,
  event: EventObject,
): void {
  const { mailbox } = inside;
  const { placeholder } = access;
  const self = inside as unknown as AnyActorRef;
  mailbox._current = placeholder;
  mailbox._last = placeholder;
  let to = at;
  let hasFailed = false;
  try {
    to = lane.run(outcome, at, event, self);
  } catch (error) {
    hasFailed = true;
    fail(inside, event, error);
  }
  // Who has begun to inspect the actor in the middle of the event waits for its end.
  const isNews = to !== at || access.quietSize !== inside.observers.size || !lane.isOpenTo(self);
  if (isNews && !hasFailed) {
    inside.update(to, event);
    noteWhetherQuiet(inside, access);
  }
  const { next } = placeholder;
  mailbox._current = next;
  if (next === null) {
    mailbox._last = null;
    return;
  }
  placeholder.next = null;
  mailbox.flush();
}

/** Notes whether any observer is told of snapshots. Observers are added and removed, never replaced, so their number is enough. */
function noteWhetherQuiet({ observers }: ActorInside, access: Access): void {
  if (access.quietSize === observers.size) return;
  for (const { next } of observers) if (next !== undefined) return;
  access.quietSize = observers.size;
}

/** Has XState end the actor as it ends any whose transition throws. */
function fail(actor: ActorInside, event: EventObject, error: unknown): void {
  const { logic } = actor;
  actor.logic = Object.create(logic, {
    transition: {
      value: () => {
        throw error;
      },
    },
  }) as Partial<Laned>;
  try {
    actor._process(event);
  } finally {
    actor.logic = logic;
  }
}
