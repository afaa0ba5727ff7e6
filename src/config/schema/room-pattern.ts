/** Which texts are valid as keys of `rooms`. */

export const ROOM_PATTERN_WORDS = 'a room name, or a prefix of room names that ends in one *';

/** Whether a text is an exact room name, or a prefix with one `*` at its end; `*` alone matches every room. */
export function isRoomPattern(text: string): boolean {
  const star = text.indexOf('*');
  return text !== '' && (star === -1 || star === text.length - 1);
}
