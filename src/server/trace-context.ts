/** New W3C trace contexts, for calls that bring none (https://www.w3.org/TR/trace-context/#traceparent-header). */

import { randomFillSync } from 'node:crypto';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Random bytes are asked for many at a time: asking costs more than they do. */
const pool = Buffer.alloc((TRACE_BYTES + SPAN_BYTES) * 256);
let used = pool.length;

/** `00-TRACE-SPAN-01`, with 16 and 8 random bytes in hexadecimal: a trace of its own, sampled. */
export function newTraceparent(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const trace = pool.toString('hex', used, used + TRACE_BYTES);
  const span = pool.toString('hex', used + TRACE_BYTES, used + TRACE_BYTES + SPAN_BYTES);
  used += TRACE_BYTES + SPAN_BYTES;
  return `00-${trace}-${span}-01`;
}
