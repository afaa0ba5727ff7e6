/** Reads named values of a request from its query and its form body. */

import { announcesBody } from '../transport/common/request-body.ts';
import { jsonError } from '../transport/common/responses.ts';
import type { TransportRequest, TransportResponse } from '../transport/common/transport.ts';

const FORM_TYPE = 'application/x-www-form-urlencoded';

/** A value for each name that was asked for, `undefined` where it is missing. */
export type Fields = readonly (string | undefined)[];

/** 415 for a body of another type than a form's: its values would be missed in silence. */
export function refuseBody(request: TransportRequest): TransportResponse | undefined {
  if (request.method !== 'POST' || isForm(request)) return undefined;
  if (!announcesBody(request)) return undefined;
  const type = request.header('content-type') ?? '(none)';
  return jsonError(415, `the body must be of the type ${FORM_TYPE}, and is ${type}`);
}

function isForm(request: TransportRequest): boolean {
  return request.header('content-type')?.toLowerCase().startsWith(FORM_TYPE) === true;
}

/**
 * Reads the values of the query and of a form body; the body wins. It has at most `maxBytes`. Without a form the
 * result is there at once.
 */
export function readFields(
  request: TransportRequest,
  names: readonly string[],
  maxBytes: number,
): Fields | Promise<Fields> {
  const fields = readQuery(request.query, names);
  return request.method === 'POST' && isForm(request) ? readForm(request, names, maxBytes, fields) : fields;
}

/**
 * The first value of each name, as `URLSearchParams` reads it, but faster for queries without percent-encoding.
 * The names consist of letters and digits.
 */
export function readQuery(query: string, names: readonly string[]): Fields {
  if (query.includes('%')) {
    const params = new URLSearchParams(query);
    return names.map((name) => params.get(name) ?? undefined);
  }
  return names.map((name) => findValue(query, name));
}

async function readForm(
  request: TransportRequest,
  names: readonly string[],
  maxBytes: number,
  fromQuery: Fields,
): Promise<Fields> {
  const form = new URLSearchParams(new TextDecoder().decode(await request.body(maxBytes)));
  return names.map((name, index) => form.getAll(name).at(-1) ?? fromQuery[index]);
}

/** Finds a value in a query in which nothing is percent-encoded. */
function findValue(query: string, name: string): string | undefined {
  let start = query.startsWith('?') ? 1 : 0;
  while (start < query.length) {
    const next = query.indexOf('&', start);
    const end = next === -1 ? query.length : next;
    const equals = start + name.length;
    if (query.startsWith(name, start) && (equals === end || query[equals] === '='))
      return spaced(query.slice(equals + 1, end));
    start = end + 1;
  }
  return undefined;
}

/** Measured: several times faster than `replaceAll`. */
function spaced(value: string): string {
  return value.includes('+') ? value.replace(/\+/g, ' ') : value;
}
