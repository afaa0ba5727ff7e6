/** Which room's chart the start page shows. */

import type { ActorSummary } from '../../../src/inspect/feed/feed-protocol.ts';

/** Rooms in which the pages tell who is writing: they are not what a visitor looks for. */
const TYPING = 'typing:';

/** @param rooms the fullest first; returns its name */
export function pickRoom(rooms: readonly Pick<ActorSummary, 'id' | 'status'>[]): string | undefined {
  const running = rooms.filter(({ status }) => status === 'active');
  return (running.find(({ id }) => !id.startsWith(TYPING)) ?? running[0])?.id;
}
