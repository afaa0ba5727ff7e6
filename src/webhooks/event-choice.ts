/** Which events a webhook is told: by their names, by rooms, and by states of machines. */

import { WEBHOOK_EVENTS, type Happening, type WebhookEventName } from './webhook-events.ts';

export interface EventChoice {
  /** Names of events, `member.*`, `*`, or states such as `room.occupancy.empty`. */
  readonly events: readonly string[];
  /** Rooms by name, or by a prefix that ends in `*`. Absent: all. Events of no room are not chosen by it. */
  readonly rooms?: readonly string[] | undefined;
}

/** The names that an item of the list stands for; none if it is the path of a state. */
export function namesOf(item: string): readonly WebhookEventName[] {
  if (item === '*') return WEBHOOK_EVENTS;
  const family = item.endsWith('.*') ? item.slice(0, -1) : undefined;
  return WEBHOOK_EVENTS.filter((name) => name === item || (family !== undefined && name.startsWith(family)));
}

/** Whether an item names a state: it is no name and no pattern of names. */
export function isStatePath(item: string): boolean {
  return namesOf(item).length === 0 && !item.includes('*');
}

/** What is asked for each event. */
export class Chosen {
  readonly #names: ReadonlySet<WebhookEventName>;
  readonly #states: ReadonlySet<string>;
  readonly #rooms: readonly string[] | undefined;

  /** @param states the chosen states, as `state.entered` names them */
  constructor({ events, rooms }: EventChoice, states: readonly string[]) {
    this.#names = new Set(events.flatMap(namesOf));
    this.#states = new Set(states);
    this.#rooms = rooms;
  }

  has(name: WebhookEventName): boolean {
    return name === 'state.entered' ? this.#states.size > 0 : this.#names.has(name);
  }

  /** Whether any of these is chosen. */
  hasSome(names: readonly WebhookEventName[]): boolean {
    return names.some((name) => this.has(name));
  }

  /** Whether what happened is told. */
  includes({ type, fields }: Happening): boolean {
    if (type === 'state.entered') {
      const { machine, state } = fields as { readonly machine: string; readonly state: string };
      if (!this.#states.has(`${machine}.${state}`)) return false;
    } else if (!this.#names.has(type)) return false;
    return this.coversRoom(fields['channel']);
  }

  /** Whether a room is covered; an event without a room always is. */
  coversRoom(room: unknown): boolean {
    if (this.#rooms === undefined || typeof room !== 'string') return true;
    return this.#rooms.some((pattern) =>
      pattern.endsWith('*') ? room.startsWith(pattern.slice(0, -1)) : room === pattern,
    );
  }
}
