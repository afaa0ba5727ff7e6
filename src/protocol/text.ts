/** Texts and frames, and texts that are encoded only once because they are sent many times. It knows no sockets. */

/** A text, or its UTF-8. */
export type Text = string | ArrayBuffer;

/** The content of a WebSocket frame: a {@link Text} for a text frame, a `Uint8Array` for a binary frame. */
export type Frame = Text | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Encodes a text as UTF-8, for texts that are sent many times. */
export function encodeOnce(text: string): ArrayBuffer {
  // The buffer of a short array may be larger than the array, so it is copied.
  const { buffer, byteOffset, byteLength } = encoder.encode(text);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** A cache of encoded texts, each made from a key. */
export class EncodedTexts {
  readonly #toText: (key: string) => string;
  readonly #most: number;
  readonly #known = new Map<string, ArrayBuffer>();
  /** The same key often comes many times in a row, so the last text is kept. */
  #latestKey: string | undefined;
  #latest = new ArrayBuffer(0);

  /** @param most How many texts are kept. When there are more, the cache is cleared. */
  constructor(most: number, toText: (key: string) => string) {
    this.#most = most;
    this.#toText = toText;
  }

  of(key: string): ArrayBuffer {
    if (key !== this.#latestKey) {
      this.#latest = this.#known.get(key) ?? this.#encode(key);
      this.#latestKey = key;
    }
    return this.#latest;
  }

  #encode(key: string): ArrayBuffer {
    if (this.#known.size === this.#most) this.#known.clear();
    const encoded = encodeOnce(this.#toText(key));
    this.#known.set(key, encoded);
    return encoded;
  }
}

/** The length of a frame in bytes; that of a text in its own units. */
export function lengthOf(frame: Frame): number {
  return typeof frame === 'string' ? frame.length : frame.byteLength;
}

export function readText(text: Text): string {
  return typeof text === 'string' ? text : decoder.decode(text);
}

const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** The text of a received frame. A binary frame is decoded as UTF-8; if it is not UTF-8, the result is undefined. */
export function readFrame(frame: string | Uint8Array): string | undefined {
  if (typeof frame === 'string') return frame;
  try {
    return strictDecoder.decode(frame);
  } catch {
    return undefined;
  }
}
