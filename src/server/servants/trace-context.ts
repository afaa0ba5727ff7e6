/** New W3C trace contexts, for calls that bring none (https://www.w3.org/TR/trace-context/#traceparent-header). */

import { randomFillSync } from 'node:crypto';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Random bytes are asked for, and written out, many at a time: asking costs more than they do. */
const pool = Buffer.alloc((TRACE_BYTES + SPAN_BYTES) * 256);
let digits = '';
let used = 0;

/** `00-TRACE-SPAN-01`, with 16 and 8 random bytes in hexadecimal: a trace of its own, sampled. */
export function newTraceparent(): string {
  if (used === digits.length) {
    digits = randomFillSync(pool).toString('hex');
    used = 0;
  }
  const spanAt = used + 2 * TRACE_BYTES;
  const end = spanAt + 2 * SPAN_BYTES;
  const traceparent = `00-${digits.slice(used, spanAt)}-${digits.slice(spanAt, end)}-01`;
  used = end;
  return traceparent;
}
