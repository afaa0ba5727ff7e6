/** Texts on their way to the wire. It knows no frames and no sockets. */

/** A text, or its UTF-8: what is said many times is encoded once. */
export type Text = string | ArrayBuffer;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text's UTF-8, for texts that are sent many times. */
export function encodeOnce(text: string): ArrayBuffer {
  // A buffer of its own: that of a short array may be a part of a larger one.
  const { buffer, byteOffset, byteLength } = encoder.encode(text);
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

export function readText(text: Text): string {
  return typeof text === 'string' ? text : decoder.decode(text);
}
