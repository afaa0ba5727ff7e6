/** Long answers in parts: one message that is too long would cost the asker its connection to Redis. */

/** Longest part, in characters. */
const PART_LENGTH = 128 * 1024;
/** Longest answer, in characters: about 200,000 rooms with names of usual length. */
const MAX_ANSWER_LENGTH = 8 * 1024 * 1024;

/** Undefined for an answer that is too long. */
export function splitAnswer(text: string): string[] | undefined {
  if (text.length > MAX_ANSWER_LENGTH) return undefined;
  const parts: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = start + PART_LENGTH;
    // The two halves of a character stay together: alone they cannot be sent.
    const isHalf = isHighSurrogate(text.charCodeAt(end - 1));
    parts.push(text.slice(start, isHalf ? end - 1 : end));
    start = isHalf ? end - 1 : end;
  }
  return parts;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

/** The answers of one asker whose parts are under way. */
export class AnswerParts {
  readonly #texts = new Map<string, string[]>();

  /** Returns the whole text with its last part. Parts come in their order; when one is lost, there is no text. */
  add(answer: string, index: number, count: number, part: string): string | undefined {
    if (count === 1) return part;
    const parts = index === 0 ? [] : this.#texts.get(answer);
    if (parts?.length !== index) {
      this.#texts.delete(answer);
      return undefined;
    }
    parts.push(part);
    if (parts.length < count) {
      this.#texts.set(answer, parts);
      return undefined;
    }
    this.#texts.delete(answer);
    return parts.join('');
  }

  /** Forgets what begins so: nobody waits for it any more. */
  forget(start: string): void {
    for (const answer of this.#texts.keys()) if (answer.startsWith(start)) this.#texts.delete(answer);
  }
}
