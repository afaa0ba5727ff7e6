/** A room's name inside a sentence. */

/** In UTF-16 units; a longer name is cut. The heading has all of it. */
const MAX_LENGTH = 40;

export function shortenName(room: string): string {
  return room.length > MAX_LENGTH ? `${room.slice(0, MAX_LENGTH - 1)}…` : room;
}
