/** The headers of all answers: what a browser may do with them. */

import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Route } from '../src/http/router.ts';
import { startServer } from './support/start-server.ts';

/** The routes of the servers of this file. */
const routes: Route[] = [];

vi.mock(import('../src/http/router.ts'), async (original) => {
  const module = await original();
  return {
    ...module,
    createRouter(all) {
      routes.push(...all);
      return module.createRouter(all);
    },
  };
});

afterEach(() => void routes.splice(0));

const OPEN = { inspector: { access: 'open' }, http: { allowedOrigins: ['https://admin.example'] } } as const;

/** Queries with which routes answer, in place of an error; an error has the same headers. */
const QUERIES: Readonly<Record<string, string>> = {
  '/Index/pushByRoom': '?roomNum=r&message=hi',
  '/Index/pushAll': '?message=hi',
  '/presence': '?roomNum=r',
  '/api/watch': '?channel=r',
  '/inspector/history': '?kind=server&id=server',
  '/connection/sse': `?cf_connect=${encodeURIComponent('{"id":1,"connect":{}}')}`,
};

const BODIES: Readonly<Record<string, string>> = { '/connection/http_stream': '{"id":1,"connect":{}}' };

async function ask(url: string, path: string, method: string): Promise<Headers> {
  const filled = path.replaceAll(/:\w+/g, 'name').replace('**', 'rest');
  const response = await fetch(new URL(filled + (QUERIES[path] ?? ''), url), {
    method,
    headers: { accept: 'text/html' },
    body: method === 'POST' ? (BODIES[path] ?? '{}') : null,
  });
  await response.body?.cancel();
  return response.headers;
}

describe('an answer', () => {
  test('is never guessed to be something else, on any route and by any method', async () => {
    const { url } = await startServer(OPEN);
    expect(routes.length).toBeGreaterThan(30);
    for (const { path, methods } of routes) {
      for (const method of [...methods, 'DELETE']) {
        const headers = await ask(url, path, method);
        expect(headers.get('x-content-type-options'), `${method} ${path}`).toBe('nosniff');
      }
    }
    expect((await ask(url, '/nothing/here', 'GET')).get('x-content-type-options')).toBe('nosniff');
  });

  test('of a page loads from this server only, stands in no frame, and gives its address to nobody', async () => {
    const { url } = await startServer(OPEN);
    const pages = routes.filter(({ path }) => /^\/(?:$|room|classic|inspector$)/.test(path));
    expect(pages.length).toBeGreaterThan(4);
    for (const { path } of pages) {
      const headers = await ask(url, path, 'GET');
      expect(headers.get('content-type'), path).toMatch(/^text\/html/);
      const policy = headers.get('content-security-policy');
      expect(policy, path).toContain("default-src 'self'");
      expect(policy, path).toContain("frame-ancestors 'none'");
      expect(policy, path).not.toContain('unsafe');
      expect(headers.get('referrer-policy'), path).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy'), path).toBe('same-origin');
    }
  });

  test.each([
    '/health',
    '/nothing/here',
    '/presence',
    '/Index/pushAll',
    '/api/info',
    '/api/watch',
    '/api/openapi.json',
    '/inspector/history',
  ])('that is no page loads nothing and stands in no frame: %s', async (path) => {
    const { url } = await startServer(OPEN);
    const headers = await ask(url, path, 'GET');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
  });
});
