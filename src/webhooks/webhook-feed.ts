/**
 * Brings what the server tells on its event bus into the outbox of one webhook: what is chosen, each thing once, and rooms
 * that are occupied or vacated only when they have stayed so for a while.
 */

import type { Clock } from '../system/clock.ts';
import type { EventBus } from '../events/event-bus.ts';
import { mendEscapes } from '../protocol/json/well-formed.ts';
import type { Chosen } from './event-choice.ts';
import type { KnownMember, Ledger } from './ledger.ts';
import type { Outbox, OutboxHistory } from './outbox/outbox.ts';
import { SharedRooms } from './shared-rooms.ts';
import {
  READERS,
  type EventFields,
  type Happening,
  type ReadEventName,
  type WebhookEventName,
} from './webhook-events.ts';

/** How long a room may change its mind about being occupied, in milliseconds. */
export const UNDECIDED_MS = 3_000;

export interface WebhookFeedInput {
  readonly outbox: Outbox;
  readonly ledger: Ledger;
  readonly chosen: Chosen;
  /** Whether messages are told with their data. */
  readonly includeData: boolean;
  readonly bus: Pick<EventBus, 'on' | 'off'>;
  readonly clock: Clock;
  /** How many connections are in a room, over all nodes. Asked only where nodes share the outbox. */
  readonly countPresent: (room: string) => number | Promise<number>;
  /** A text that no other run of the server has, for the ids of events. */
  readonly run: string;
  /** Events wait in the outbox: so many. */
  readonly onWaiting: (events: number) => void;
}

/** The users who are away in a room, by the ids of the connections they had; undefined if that is not known yet. */
export type FindAway = (room: string) => ReadonlySet<string> | undefined;

const MEMBER_EVENTS = ['member.joined', 'member.back', 'member.away', 'member.left'] as const;
const ROOM_EVENTS = ['room.occupied', 'room.vacated'] as const;

/** The events of webhooks that a listener is needed for. */
const NEEDED_FOR: Readonly<Record<ReadEventName, readonly WebhookEventName[]>> = {
  'connection.opened': ['connection.opened'],
  'connection.closed': ['connection.closed'],
  'member.joined': MEMBER_EVENTS,
  'member.away': MEMBER_EVENTS,
  'member.left': MEMBER_EVENTS,
  'room.occupied': ROOM_EVENTS,
  'room.vacated': ROOM_EVENTS,
  'message.published': ['message.published'],
  'rpc.failed': ['call.failed'],
  'server.started': ['server.started'],
  'state.entered': ['state.entered'],
};

export class WebhookFeed {
  readonly #input: WebhookFeedInput;
  readonly #stopListening: (() => void)[] = [];
  /** When undecided rooms are decided, by the monotonic clock; the earliest first. */
  readonly #due = new Map<string, number>();
  /** There if several nodes tell the receiver. What they share tells each thing once then, and not the ledger. */
  readonly #shared: SharedRooms | undefined;
  /** Whom the receiver knows from earlier runs, until it is known what became of them. */
  #earlier: KnownMember[] = [];
  #timer: unknown;
  #made = 0;

  constructor(input: WebhookFeedInput) {
    this.#input = input;
    const { outbox, chosen, countPresent, onWaiting } = input;
    if (outbox.rooms === undefined) return;
    this.#shared = new SharedRooms({
      rooms: outbox.rooms,
      countPresent,
      toEvent: (type, room) => (chosen.has(type) ? this.#toEvent(type, { channel: room }) : undefined),
      onTold: () => onWaiting(outbox.backlog.events),
      onUnknown: (room) => this.#decideLater(room),
    });
  }

  /** Takes up what the outbox has kept, and listens from now on. */
  start({ state, entries }: OutboxHistory): void {
    const { ledger, bus, chosen } = this.#input;
    if (state !== undefined) ledger.read(state);
    for (const { text } of entries) this.#replay(JSON.parse(text) as Replayed);
    for (const name of Object.keys(READERS) as ReadEventName[]) {
      if (!chosen.hasSome(NEEDED_FOR[name])) continue;
      const read = READERS[name] as (event: unknown) => Happening;
      const listener = (event: unknown): void => this.#take(read(event));
      bus.on(name, listener);
      this.#stopListening.push(() => bus.off(name, listener));
    }
    if (this.#shared === undefined && chosen.hasSome(MEMBER_EVENTS)) this.#earlier = [...ledger.members()];
    this.#tellWaiting();
    this.checkRooms();
  }

  /** Where nodes share the outbox: looks after the rooms that a node was about to decide which has ended. */
  checkRooms(): void {
    if (this.#input.chosen.hasSome(ROOM_EVENTS)) void this.#shared?.check();
  }

  /** The rooms of earlier runs are read: tells of their members what nobody could tell. */
  reconcileMembers(findAway: FindAway): void {
    const { ledger } = this.#input;
    for (const { room, client, user } of this.#earlier.splice(0)) {
      // Some have left since.
      const known = ledger.find(room, client);
      const away = known && findAway(room);
      if (known === undefined || away === undefined || (away.has(client) && known.isAway)) continue;
      const fields = { channel: room, client, user };
      if (away.has(client)) this.#take({ type: 'member.away', fields });
      else this.#take({ type: 'member.left', fields: { ...fields, reason: 'swept' } });
    }
  }

  /** Nobody is connected yet: what was occupied is not, unless somebody comes back. */
  reconcileRooms(): void {
    const { ledger } = this.#input;
    if (this.#shared !== undefined) return;
    for (const room of ledger.occupied) ledger.mark(room, false);
    for (const room of ledger.undecided.keys()) {
      if (ledger.occupied.has(room)) this.#decideLater(room);
      else ledger.undecided.delete(room);
    }
  }

  /** Ends listening. What is undecided is decided by another run if the outbox outlives this one, and now if not. */
  async stop(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#input.clock.clearTimeout(this.#timer);
    const deciding = this.#input.outbox.isPersistent ? [] : [...this.#due.keys()];
    const decided = Promise.all(deciding.map(async (room) => this.#decide(room)));
    this.#shared?.stop();
    await decided;
  }

  #take(happening: Happening): void {
    const { chosen } = this.#input;
    const { type, fields } = happening;
    if (!chosen.coversRoom(fields['channel'])) return;
    if (isMemberEvent(type)) this.#takeMember(type, happening);
    else if (type === 'room.occupied' || type === 'room.vacated')
      this.#mark(fields, type === 'room.occupied');
    else if (chosen.includes(happening)) this.#append(type, fields, true);
  }

  #takeMember(type: (typeof MEMBER_EVENTS)[number], happening: Happening): void {
    const { fields } = happening;
    const { channel, client, user } = fields as unknown as MemberFields;
    if (this.#shared === undefined && !this.#input.ledger.note(type, channel, client, user)) return;
    if (this.#shared !== undefined && !this.#input.chosen.includes(happening)) return;
    this.#append(type, fields, this.#input.chosen.includes(happening));
  }

  #mark({ channel }: EventFields, occupied: boolean): void {
    const room = channel as string;
    const { ledger } = this.#input;
    if (this.#shared !== undefined) {
      this.#decideLater(room);
      return;
    }
    if (!ledger.mark(room, occupied)) return;
    // A crash must not forget that the room is undecided.
    this.#append('room.marked', { channel: room, occupied }, false);
    if (ledger.undecided.has(room)) this.#decideLater(room);
    else this.#due.delete(room);
  }

  #decideLater(room: string): void {
    const { clock } = this.#input;
    this.#due.delete(room);
    this.#due.set(room, clock.monotonic() + UNDECIDED_MS);
    this.#timer ??= clock.setTimeout(() => this.#decideDue(), UNDECIDED_MS);
  }

  #decideDue(): void {
    const { clock } = this.#input;
    this.#timer = undefined;
    const now = clock.monotonic();
    for (const [room, dueAt] of this.#due) {
      if (dueAt > now) {
        this.#timer = clock.setTimeout(() => this.#decideDue(), dueAt - now);
        return;
      }
      void this.#decide(room);
    }
  }

  #decide(room: string): void | Promise<void> {
    const { ledger, chosen } = this.#input;
    this.#due.delete(room);
    if (this.#shared !== undefined) {
      return this.#shared.settle(room);
    }
    const decided = ledger.undecided.get(room);
    if (decided === undefined) return;
    ledger.settle(room, decided.occupied);
    const type = decided.occupied ? 'room.occupied' : 'room.vacated';
    this.#append(type, { channel: room }, chosen.has(type));
  }

  #append(type: WebhookEventName | 'room.marked', fields: EventFields, isTold: boolean): void {
    const { outbox, onWaiting } = this.#input;
    if (!isTold) {
      outbox.append({ kind: 'note', text: JSON.stringify({ type, ...fields, info: undefined }) });
      return;
    }
    outbox.append({ kind: 'event', text: this.#toEvent(type, fields) });
    onWaiting(outbox.backlog.events);
  }

  #toEvent(type: WebhookEventName | 'room.marked', fields: EventFields): string {
    const { clock, run, includeData } = this.#input;
    this.#made += 1;
    const data = includeData ? fields['data'] : undefined;
    const event = { id: `${run}-${this.#made}`, type, time: clock.now(), ...fields, data };
    // Many receivers refuse half a surrogate pair, and would refuse all events after it too.
    return mendEscapes(JSON.stringify(event));
  }

  #tellWaiting(): void {
    const { outbox, onWaiting } = this.#input;
    const { events } = outbox.backlog;
    if (events > 0) onWaiting(events);
  }

  #replay({ type, channel = '', client = '', user, occupied }: Replayed): void {
    const { ledger } = this.#input;
    if (isMemberEvent(type)) ledger.note(type, channel, client, user);
    else if (type === 'room.marked') ledger.mark(channel, occupied === true);
    else if (type === 'room.occupied' || type === 'room.vacated')
      ledger.settle(channel, type === 'room.occupied');
  }
}

interface MemberFields {
  readonly channel: string;
  readonly client: string;
  readonly user?: string;
}

/** A line of the outbox, as far as it is looked at. */
interface Replayed extends Partial<MemberFields> {
  readonly type: string;
  readonly occupied?: boolean;
}

function isMemberEvent(type: string): type is (typeof MEMBER_EVENTS)[number] {
  return (MEMBER_EVENTS as readonly string[]).includes(type);
}
