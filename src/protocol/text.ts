/** What is sent: texts, encoded once or not yet, and bytes. It knows no sockets. */

/** A text, or its UTF-8. What is sent many times is encoded once. */
export type Text = string | ArrayBuffer;

/** What a WebSocket frame carries: a {@link Text} in a text frame, or a `Uint8Array` in a binary frame. */
export type Frame = Text | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text's UTF-8, for texts that are sent many times. */
export function encodeOnce(text: string): ArrayBuffer {
  // A buffer of its own: that of a short array may be a part of a larger one.
  const { buffer, byteOffset, byteLength } = encoder.encode(text);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Texts that are made of keys and encoded, remembered until there are too many of them. */
export class EncodedTexts {
  readonly #toText: (key: string) => string;
  readonly #most: number;
  readonly #known = new Map<string, ArrayBuffer>();
  /** What comes in a row is not looked up again. */
  #latestKey: string | undefined;
  #latest = new ArrayBuffer(0);

  /** @param most How many are remembered; then it begins anew. */
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

export function readText(text: Text): string {
  return typeof text === 'string' ? text : decoder.decode(text);
}

const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** The text of a frame that was received: of a binary frame what it is in UTF-8, or undefined if it is no UTF-8. */
export function readFrame(frame: string | Uint8Array): string | undefined {
  if (typeof frame === 'string') return frame;
  try {
    return strictDecoder.decode(frame);
  } catch {
    return undefined;
  }
}
