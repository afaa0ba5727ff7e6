/**
 * Finds the lines in the text frames of the Centrifuge protocol, and reads of each only what it answers: offsets, times and
 * names of clients make lines of one kind differ in length.
 */

const LINE_FEED = 0x0a;
const COMMA = 0x2c;
const END_OF_OBJECT = 0x7d;
const ID = 0x69;
/** Where the first name of an object begins: `{"id"` or `{"push"`. */
const FIRST_NAME = 2;
/** From the comma behind an id to the next name: `,"publish"`. */
const TO_NAME = 2;

/**
 * The kind of a line: the first letter of the name behind the id of a reply, the negative one of the first name of any other
 * object, or `PING`.
 */
export type LineKind = number;

export const PING: LineKind = 0;

export interface LineListener {
  /** A line is complete. `length` is in bytes. */
  line(kind: LineKind, length: number): void;
}

/** The kind of a line that is given as a text. */
export function kindOf(line: string): LineKind {
  let found: LineKind = PING;
  const reader = new LineReader();
  const bytes = Buffer.from(line);
  const listener: LineListener = { line: (kind) => (found = kind) };
  reader.read(bytes, 0, bytes.length, listener);
  reader.end(listener);
  return found;
}

export class LineReader {
  #length = 0;
  #kind: LineKind | undefined;
  /** Where the name behind the id is; unknown before its comma. */
  #name: number | undefined;

  /** Reads a part of a frame. */
  read(bytes: Uint8Array, start: number, end: number, listener: LineListener): void {
    let at = start;
    while (at < end) {
      if (this.#kind === undefined) {
        this.#look(bytes[at] ?? 0);
        at += 1;
        this.#length += 1;
        continue;
      }
      // `indexOf` would look through the whole buffer, of which a frame is a small part.
      let stop = at;
      while (stop < end && bytes[stop] !== LINE_FEED) stop += 1;
      this.#length += stop - at;
      at = stop;
      if (stop === end) return;
      at += 1;
      this.end(listener);
    }
  }

  /** The frame is over, and so is its last line. */
  end(listener: LineListener): void {
    const [kind, length] = [this.#kind ?? PING, this.#length];
    this.#length = 0;
    this.#kind = undefined;
    this.#name = undefined;
    listener.line(kind, length);
  }

  #look(byte: number): void {
    const at = this.#length;
    if (at === FIRST_NAME - 1 && byte === END_OF_OBJECT) this.#kind = PING;
    else if (at === FIRST_NAME && byte !== ID) this.#kind = -byte;
    else if (at === this.#name) this.#kind = byte;
    else if (byte === COMMA && this.#name === undefined) this.#name = at + TO_NAME;
  }
}
