/**
 * Patches of fossil-delta as text. A patch copies and inserts bytes, so it may cut a character of UTF-8 in two; as a JSON
 * string it would then be damaged. Here such a patch is changed to cut between characters only.
 *
 * The format: the length of the target and a line feed; `<count>@<offset>,` copies from the source, `<count>:<bytes>`
 * inserts; `<checksum>;` ends it. Numbers have the digits {@link DIGITS}, the highest first.
 */

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';
const BITS = 6;

const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));
const COPY = 64;
const INSERT = 58;

/**
 * @param patch Makes `target` of some source that is valid UTF-8.
 * @param target Valid UTF-8.
 */
export function alignPatch(patch: Uint8Array, target: Uint8Array): Uint8Array {
  return isAscii(target) ? patch : writePatch(alignCopies(readCopies(patch), target), patch, target);
}

/** A part of the target that is copied from the source. */
interface Copy {
  /** Where it is in the target. */
  readonly at: number;
  readonly count: number;
  /** Where it is in the source. */
  readonly from: number;
}

interface Copies {
  readonly copies: readonly Copy[];
  /** Where the number of the checksum begins. */
  readonly end: number;
}

function readCopies(patch: Uint8Array): Copies {
  const copies: Copy[] = [];
  let place = patch.indexOf(10) + 1;
  let at = 0;
  for (;;) {
    const begin = place;
    const count = readNumber();
    const operator = patch[place];
    place += 1;
    if (operator === COPY) {
      copies.push({ at, count, from: readNumber() });
      place += 1;
    } else if (operator === INSERT) {
      place += count;
    } else {
      return { copies, end: begin };
    }
    at += count;
  }

  function readNumber(): number {
    let number = 0;
    for (let value = valueAt(place); value !== undefined; value = valueAt(place)) {
      number = number * DIGITS.length + value;
      place += 1;
    }
    return number;
  }

  function valueAt(index: number): number | undefined {
    return VALUES.get(patch[index] ?? 0);
  }
}

/** The source has the same bytes, so it is cut between characters in the same places. */
function alignCopies({ copies, end }: Copies, target: Uint8Array): Copies {
  const aligned = copies.map(({ at, count, from }) => {
    let first = at;
    while (first < at + count && isInside(target, first)) first += 1;
    let last = at + count;
    while (last > first && isInside(target, last)) last -= 1;
    return { at: first, count: last - first, from: from + first - at };
  });
  return { copies: aligned.filter(({ count }) => count > 0), end };
}

/** Whether a cut before this byte would be within a character. */
function isInside(text: Uint8Array, place: number): boolean {
  return ((text[place] ?? 0) & 0b1100_0000) === 0b1000_0000;
}

/** What is not copied is inserted. The checksum is of the target, and stays. */
function writePatch({ copies, end }: Copies, patch: Uint8Array, target: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [ascii(`${digitsOf(target.length)}\n`)];
  let done = 0;
  for (const { at, count, from } of [...copies, { at: target.length, count: 0, from: 0 }]) {
    if (at > done) parts.push(ascii(`${digitsOf(at - done)}:`), target.subarray(done, at));
    if (count > 0) parts.push(ascii(`${digitsOf(count)}@${digitsOf(from)},`));
    done = at + count;
  }
  return concat([...parts, patch.subarray(end)]);
}

function digitsOf(number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest >>>= BITS)
    digits = DIGITS.charAt(rest & (DIGITS.length - 1)) + digits;
  return digits || '0';
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
