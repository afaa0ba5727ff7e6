/** Which room a page is about: the last part of its address. */

export type RoomAddress =
  | { readonly type: 'room'; readonly room: string }
  /** `reason` is a sentence for the user. */
  | { readonly type: 'unusable'; readonly reason: string };

const ROOMS = '/rooms/';

/** @param pathname such as `/room1` or `/rooms/tea%20time` */
export function readRoomAddress(pathname: string): RoomAddress {
  const encoded = pathname.startsWith(ROOMS) ? pathname.slice(ROOMS.length) : pathname.slice(1);
  let room: string;
  try {
    room = decodeURIComponent(encoded);
  } catch {
    return {
      type: 'unusable',
      reason: `“${encoded}” is no percent-encoded name. Write a % in a name as %25.`,
    };
  }
  if (room === '' || pathname === ROOMS.slice(0, -1)) {
    return {
      type: 'unusable',
      reason: 'The address names no room. Write one behind /rooms/, such as /rooms/tea.',
    };
  }
  return { type: 'room', room };
}

/** The address of a room's page. */
export function writeRoomAddress(room: string): string {
  return ROOMS + encodeURIComponent(room);
}
