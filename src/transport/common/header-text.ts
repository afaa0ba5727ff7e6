/** The values of headers as text, the same on all transports. */

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a value as UTF-8. `node:http` and some binaries of uWebSockets.js make one character of each byte. What is no
 * UTF-8 stays as it is.
 */
export function readHeaderText(value: string): string {
  if (!/[\u0080-\u00ff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value;
  try {
    return utf8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
