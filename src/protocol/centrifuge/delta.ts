/**
 * The data of publications as fossil deltas: a JSON string with the JSON text of the data in full, or with the patch that
 * makes it of the JSON text of the publication before.
 */

import type { Json, Publication } from '../command.ts';
import { mendEscapes } from '../json/well-formed.ts';
import { createPatch } from './patch.ts';

export interface DeltaData {
  /** The JSON text of the field `data`. */
  readonly data: string;
  readonly isPatch: boolean;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** What is written besides the data of a patch: `,"delta":true`. */
const PATCH_OVERHEAD = 13;

/** The whole data if there is no base, or if a patch would not be shorter. */
export function dataOfDelta(data: Json, base: Pick<Publication, 'data'> | undefined): DeltaData {
  const text = textOf(data);
  const full = JSON.stringify(text);
  if (base === undefined) return { data: full, isPatch: false };
  const patch = createPatch(encoder.encode(textOf(base.data)), encoder.encode(text));
  const written = JSON.stringify(decoder.decode(patch));
  return written.length + PATCH_OVERHEAD < full.length
    ? { data: written, isPatch: true }
    : { data: full, isPatch: false };
}

function textOf(data: Json): string {
  return mendEscapes(JSON.stringify(data));
}
