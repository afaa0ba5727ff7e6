/** The description of the server API: it is that of the routes, and docs/api.md is made of it. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { renderApiPage, type OpenApi } from '../scripts/api-page.ts';
import { createApiMethods } from '../src/http/api/api-methods.ts';
import { createApiRoutes } from '../src/http/api/api-routes.ts';
import { createExplainRoute } from '../src/http/api/explain-route.ts';
import { createWatchRoute } from '../src/http/api/watch-route.ts';
import { API_METHOD_NAMES } from '../src/protocol/api-methods.ts';
import { systemClock } from '../src/system/clock.ts';
import { post, read } from './support/api-request.ts';
import { startServer } from './support/start-server.ts';

type Json = Readonly<Record<string, unknown>>;

async function fetchDescription() {
  const running = await startServer({ http: { apiKey: 'correct-horse-battery-staple' } });
  const answer = await running.request('/api/openapi.json');
  return { ...running, answer, description: read(answer) as Json & OpenApi };
}

test('it needs no key, and has all methods that keys may be given', async () => {
  const { answer, description } = await fetchDescription();
  expect(answer.status).toBe(200);
  expect(description['openapi']).toBe('3.1.0');
  const names = Object.keys(description.paths).map((path) => path.replace('/api/', ''));
  expect(names.toSorted()).toEqual([...API_METHOD_NAMES, 'batch', '/api'].toSorted());
});

test('it has the routes of the API, and each takes its method', async () => {
  const { request, description } = await fetchDescription();
  const parts = { access: {}, clock: systemClock, operations: {}, messageBytes: 1 } as never;
  const routes = [
    ...createApiRoutes({ ...(parts as object), methods: createApiMethods(parts, 1) } as never),
    createWatchRoute(parts),
    createExplainRoute(parts),
  ];
  const described = Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(
    routes.flatMap(({ methods, path }) => methods.map((method) => `${method} ${path}`)).toSorted(),
  );
  const headers = { 'x-api-key': 'correct-horse-battery-staple' };
  for (const path of Object.keys(description.paths)) {
    const isRead = path === '/api/watch' || path === '/api/explain';
    const answer = await request(path, isRead ? { headers } : post({}, headers));
    // Without a channel, and with a line that has no method.
    const status = path === '/api/watch' || path === '/api' ? 400 : 200;
    expect([path, answer.status]).toEqual([path, status]);
  }
});

test('each reference of it leads somewhere, and each operation has a name of its own', async () => {
  const { description } = await fetchDescription();
  const ids: unknown[] = [];
  function walk(value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const { $ref: reference, operationId } = value as Json;
    if (typeof operationId === 'string') ids.push(operationId);
    if (typeof reference === 'string') expect(find(reference)).toBeTypeOf('object');
    for (const inner of Object.values(value)) walk(inner);
  }
  function find(reference: string): unknown {
    return reference
      .split('/')
      .slice(1)
      .reduce<unknown>((place, name) => (place as Json)[name], description);
  }
  walk(description);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(Object.keys(description.paths).length);
});

describe('the example of each method fits its schemas', () => {
  const methods = createApiMethods({} as Parameters<typeof createApiMethods>[0], 65_536);
  test.each(methods.map((method) => [method.name, method] as const))(
    '%s',
    (_, { params, result, example }) => {
      expect(params.safeParse(example.params)).toMatchObject({ success: true });
      expect(z.strictObject(result.shape).safeParse(example.result)).toMatchObject({ success: true });
    },
  );
});

test('docs/api.md is what `npx tsx scripts/api-docs.ts` prints', async () => {
  const { description } = await fetchDescription();
  expect(readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8')).toBe(renderApiPage(description));
});
