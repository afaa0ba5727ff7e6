/** Texts for uWebSockets.js (uWS): some of its binaries write a text of Latin letters alone in ISO 8859-1. */

import type { Frame } from '../../protocol/text.ts';

/** The ABI of Node.js 24. The binaries for it and later ones do; those for Node.js 20 and 22 write UTF-8. */
const FIRST_AFFECTED_ABI = 137;
const IS_AFFECTED = Number(process.versions.modules) >= FIRST_AFFECTED_ABI;

/** A letter that is one byte in ISO 8859-1 and two in UTF-8. */
const LATIN_LETTER = /[\u0080-\u00ff]/;

/** The same text, so that uWS writes it in UTF-8. */
export const toUtf8: <Text extends Frame>(text: Text) => Text | Uint8Array = IS_AFFECTED
  ? (text) => (typeof text === 'string' && LATIN_LETTER.test(text) ? Buffer.from(text) : text)
  : (text) => text;
