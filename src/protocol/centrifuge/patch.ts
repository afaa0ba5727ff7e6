/**
 * Fossil patches of UTF-8 texts that are UTF-8 themselves. A patch of fossil-delta cuts anywhere between bytes, also
 * within a character; as a JSON string it would then be damaged. These are cut between characters only. What is the
 * same at the beginning and at the end is not searched, which makes a small change of a long text a hundred times faster.
 *
 * The format: the length of the target and a line feed; `<count>@<offset>,` copies from the source, `<count>:<bytes>`
 * inserts; `<checksum>;` ends it. Numbers have the digits {@link DIGITS}, the highest first.
 */

import { createDelta } from 'fossil-delta';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~';
const BITS = 6;

const VALUES = new Map(Array.from(DIGITS, (digit, value) => [digit.charCodeAt(0), value]));
const LINE_FEED = 10;
const COPY = 64;
const INSERT = 58;

/** A shorter part than this is inserted: to copy it would take as many bytes. */
const MIN_COPY = 8;

/**
 * Longest part that is searched for what it has in common with the source. The time for the worst texts grows with its
 * length, up to some milliseconds.
 */
const MAX_SEARCHED = 16 * 1024;

/** A part of the target that is copied from the source. */
interface Copy {
  /** Where it is in the target. */
  readonly at: number;
  readonly count: number;
  /** Where it is in the source. */
  readonly from: number;
}

/** The patch that makes `target` of `source`. Both are valid UTF-8, and so is the patch. */
export function createPatch(source: Uint8Array, target: Uint8Array): Uint8Array {
  const prefix = countSame(source, target);
  const suffix = countSameAtEnd(source.subarray(prefix), target.subarray(prefix));
  const [sourceEnd, targetEnd] = [source.length - suffix, target.length - suffix];
  const middle = searchCopies(source.subarray(prefix, sourceEnd), target.subarray(prefix, targetEnd));
  const copies: Copy[] = [
    { at: 0, count: prefix, from: 0 },
    ...middle.map(({ at, count, from }) => ({ at: at + prefix, count, from: from + prefix })),
    { at: targetEnd, count: suffix, from: sourceEnd },
  ];
  return writePatch(
    copies.map((copy) => align(copy, target)).filter(({ count }) => count >= MIN_COPY),
    target,
  );
}

function countSame(source: Uint8Array, target: Uint8Array): number {
  const most = Math.min(source.length, target.length);
  let count = 0;
  while (count < most && source[count] === target[count]) count += 1;
  return count;
}

function countSameAtEnd(source: Uint8Array, target: Uint8Array): number {
  const most = Math.min(source.length, target.length);
  const [sourceLast, targetLast] = [source.length - 1, target.length - 1];
  let count = 0;
  while (count < most && source[sourceLast - count] === target[targetLast - count]) count += 1;
  return count;
}

function searchCopies(source: Uint8Array, target: Uint8Array): Copy[] {
  const isShort = target.length < MIN_COPY || source.length < MIN_COPY;
  const isLong = target.length > MAX_SEARCHED || source.length > MAX_SEARCHED;
  return isShort || isLong ? [] : readCopies(createDelta(source, target));
}

/** The copies in a patch of fossil-delta. */
function readCopies(patch: Uint8Array): Copy[] {
  const copies: Copy[] = [];
  let place = patch.indexOf(LINE_FEED) + 1;
  let at = 0;
  for (;;) {
    const count = readNumber();
    const operator = patch[place];
    place += 1;
    if (operator === COPY) {
      copies.push({ at, count, from: readNumber() });
      place += 1;
    } else if (operator === INSERT) {
      place += count;
    } else {
      return copies;
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

/** Cuts a copy to whole characters. The source has the same bytes, so it is cut between characters in the same places. */
function align({ at, count, from }: Copy, target: Uint8Array): Copy {
  let first = at;
  while (first < at + count && isInside(target, first)) first += 1;
  let last = at + count;
  while (last > first && isInside(target, last)) last -= 1;
  return { at: first, count: last - first, from: from + first - at };
}

/** Whether a cut before this byte would be within a character. */
function isInside(text: Uint8Array, place: number): boolean {
  return ((text[place] ?? 0) & 0b1100_0000) === 0b1000_0000;
}

/** What is not copied is inserted. */
function writePatch(copies: readonly Copy[], target: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [ascii(`${digitsOf(target.length)}\n`)];
  let done = 0;
  for (const { at, count, from } of [...copies, { at: target.length, count: 0, from: 0 }]) {
    if (at > done) parts.push(ascii(`${digitsOf(at - done)}:`), target.subarray(done, at));
    if (count > 0) parts.push(ascii(`${digitsOf(count)}@${digitsOf(from)},`));
    done = at + count;
  }
  return concat([...parts, ascii(`${digitsOf(checksum(target))};`)]);
}

/** The sum of all words of four bytes, the highest byte first, in 32 bits. */
function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    sum = (sum + (bytes[index]! << (24 - 8 * (index % 4)))) | 0;
  }
  return sum >>> 0;
}

function digitsOf(number: number): string {
  let digits = '';
  for (let rest = number; rest > 0; rest >>>= BITS) {
    digits = DIGITS.charAt(rest & (DIGITS.length - 1)) + digits;
  }
  return digits || '0';
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
