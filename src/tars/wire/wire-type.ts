/** The numbers of the TARS encoding: the wire types, and the limits of a reader. */

/** The low half of a field's header: how its value is encoded. The high half is the tag. */
export const WIRE = {
  int8: 0,
  int16: 1,
  int32: 2,
  int64: 3,
  float: 4,
  double: 5,
  /** A length of one byte, then UTF-8. */
  string1: 6,
  /** A length of four bytes, then UTF-8. */
  string4: 7,
  map: 8,
  list: 9,
  structBegin: 10,
  structEnd: 11,
  /** The number 0 of any width; no bytes follow. */
  zero: 12,
  /** Bytes: a header of type int8, a count, and the bytes. */
  simpleList: 13,
} as const;

/** The deepest nesting of structs, lists and maps. Real messages are far below it. */
export const MAX_NESTING = 64;

/** The most list items, map entries and skipped fields of one message. It limits the memory that a small hostile frame costs. */
export const MAX_ELEMENTS = 1_000_000;

const NAMES = Object.entries(WIRE);

/** The name of a wire type, for errors. */
export function nameWireType(type: number): string {
  return NAMES.find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}
