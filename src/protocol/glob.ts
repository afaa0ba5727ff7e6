/** Patterns for names, in which `*` is any text and `?` is one character. */

/** A text between two stars. */
interface Part {
  /** Where the part ends that begins at this place, or -1. */
  endAt(name: string, at: number): number;
  /** Where the first one from this place on ends, or -1. */
  findEnd(name: string, from: number): number;
  /** Whether the name ends with one that begins at this place or later. */
  isLast(name: string, from: number): boolean;
}

/** Returns what tells whether a name fits. For one name it takes no more steps than the two lengths multiplied. */
export function createGlob(pattern: string): (name: string) => boolean {
  const texts = pattern.split('*');
  const minLength = pattern.length - texts.length + 1;
  const [first, ...rest] = texts.map(createPart);
  const last = rest.pop();
  return (name) => {
    if (name.length < minLength) return false;
    let at = first?.endAt(name, 0) ?? 0;
    if (last === undefined) return at === name.length;
    for (const part of rest) {
      if (at === -1) return false;
      at = part.findEnd(name, at);
    }
    return at !== -1 && last.isLast(name, at);
  };
}

function createPart(text: string): Part {
  return text.includes('?') ? new OpenPart(text) : new PlainPart(text);
}

/** The functions of strings are many times faster than a loop. */
class PlainPart implements Part {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  endAt(name: string, at: number): number {
    return name.startsWith(this.#text, at) ? at + this.#text.length : -1;
  }

  findEnd(name: string, from: number): number {
    const at = name.indexOf(this.#text, from);
    return at === -1 ? -1 : at + this.#text.length;
  }

  isLast(name: string, from: number): boolean {
    return name.length - this.#text.length >= from && name.endsWith(this.#text);
  }
}

/** One with question marks. */
class OpenPart implements Part {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  endAt(name: string, at: number): number {
    let end = at;
    for (const sign of this.#text) {
      if (end >= name.length || !(sign === '?' || name.startsWith(sign, end))) return -1;
      end += sign === '?' ? lengthAt(name, end) : sign.length;
    }
    return end;
  }

  findEnd(name: string, from: number): number {
    for (let at = from; at < name.length; at += lengthAt(name, at)) {
      const end = this.endAt(name, at);
      if (end !== -1) return end;
    }
    return -1;
  }

  isLast(name: string, from: number): boolean {
    for (let at = from; at < name.length; at += lengthAt(name, at)) {
      if (this.endAt(name, at) === name.length) return true;
    }
    return false;
  }
}

/** A character beyond U+FFFF is a pair of UTF-16 units. */
function lengthAt(text: string, at: number): 1 | 2 {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
