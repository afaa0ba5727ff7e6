/** Asks the HTTP server API. */

import { expect } from 'vitest';
import type { HttpAnswer, HttpOptions } from './http-request.ts';
import type { Reachable } from './start-server.ts';

export function post(body: unknown, headers: Readonly<Record<string, string>> = {}): HttpOptions {
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: text };
}

export function read({ body }: HttpAnswer): unknown {
  return JSON.parse(body);
}

/** What a method of the API answers with the status 200. */
export async function ask(
  { request }: Pick<Reachable, 'request'>,
  method: string,
  body: unknown,
): Promise<unknown> {
  const answer = await request(`/api/${method}`, post(body));
  expect(answer.status, answer.body).toBe(200);
  return read(answer);
}
