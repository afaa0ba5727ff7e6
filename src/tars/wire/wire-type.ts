/** The numbers of the TARS encoding: what the low half of a field's header says, and the limits of a reader. */

/** How a field's value lies on the wire; the high half of the header byte is its tag. */
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
  /** The number 0 of any width, without a byte of its own. */
  zero: 12,
  /** Bytes: a header of type int8, a count, and the bytes as they are. */
  simpleList: 13,
} as const;

/** What is wrong to nest deeper than, in structs, lists and maps: a real message is nowhere near. */
export const MAX_NESTING = 64;

/** The most list items, map entries and skipped fields of one message: what a small hostile frame may make us build. */
export const MAX_ELEMENTS = 1_000_000;

const NAMES = Object.entries(WIRE);

/** The name of a wire type, for errors. */
export function nameWireType(type: number): string {
  return NAMES.find(([, number]) => number === type)?.[0] ?? `type ${type}`;
}
