/** Remembers which rooms' stores fail now, as told on the event bus. */

import type { EventBus } from '../events/event-bus.ts';

/** Errors told at a time; a broken disk fails every room alike. */
const MAX_ERRORS = 10;

export interface StoreHealth {
  readonly isFailing: boolean;
  errors(): { room: string; message: string }[];
}

export function watchStore(events: EventBus): StoreHealth {
  const failing = new Map<string, string>();
  events.on('store.failed', ({ room, error, setAside }) => {
    // What was put aside is out of the way: the room works.
    if (room === undefined || setAside !== undefined) return;
    failing.set(room, error instanceof Error ? error.message : String(error));
  });
  events.on('store.recovered', ({ room }) => failing.delete(room));
  events.on('room.closed', ({ room }) => failing.delete(room));
  return {
    get isFailing() {
      return failing.size > 0;
    },
    errors: () => [...failing].slice(0, MAX_ERRORS).map(([room, message]) => ({ room, message })),
  };
}
