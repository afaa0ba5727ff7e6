/** What a key of `rooms` may look like. It finds no rooms. */

export const ROOM_PATTERN_WORDS = 'a room name, or a prefix of room names that ends in one *';

/** Tells whether a text is an exact room name or a prefix with one `*` at its end; `*` alone stands for every room. */
export function isRoomPattern(text: string): boolean {
  const star = text.indexOf('*');
  return text !== '' && (star === -1 || star === text.length - 1);
}
