/** Reads the named values of a request, from its query and from a form body. */

import type { TransportRequest } from '../transport.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** The query's values, and those of a form body, which win; `maxBytes` bounds the body. */
export async function readFields(request: TransportRequest, maxBytes: number): Promise<URLSearchParams> {
  const fields = new URLSearchParams(request.query);
  if (request.method !== 'POST' || !request.header('content-type')?.toLowerCase().startsWith(FORM_TYPE))
    return fields;
  const body = new URLSearchParams(new TextDecoder().decode(await request.body(maxBytes)));
  for (const [name, value] of body) fields.set(name, value);
  return fields;
}
