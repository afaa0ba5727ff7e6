/** What a presence says when a member is to be listed. */

import type { Presence } from '../../../broker/presence/presence.ts';

/** The room has as many members as it takes, on all nodes together. */
export class RoomFullError extends Error {
  override readonly name = 'RoomFullError';
}

/** @throws {RoomFullError} (as a rejection, if it takes time) */
export function takeSeat(answer: ReturnType<Presence['add']>): void | Promise<void> {
  if (answer instanceof Promise) return answer.then(takeSeat);
  if (answer === 'full') throw new RoomFullError('the room is full');
}
