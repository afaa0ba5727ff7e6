/** Serves the built pages from memory. Without them only `/` is served, with the plain answer of the original server. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { lookup } from 'mrmime';
import type { TransportRequest, TransportResponse } from '../transport/common/transport.ts';
import { NOT_SNIFFED, textResponse } from '../transport/common/responses.ts';
import type { Route } from './router.ts';

/** Scripts, styles and sockets of this server only; nothing may frame the pages. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; object-src 'none'; connect-src 'self' ws: wss:; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** Names under assets/ carry a hash of their content. */
const FOREVER = 'public, max-age=31536000, immutable';

interface Page {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
}

/** The file of the page that every room has. */
const ROOM_PAGE = '/room';
/** Where it is served: the original's two rooms, and any other. The page itself reads the room's name, and says so if it is none. */
const ROOM_PATHS = ['/room1', '/room2', '/rooms', '/rooms/:name'];

/**
 * The routes of the files below `directory`: `index.html` at `/`, `classic.html` at `/classic`, and the page of a room at
 * the addresses of rooms. The paths in `without` are not served.
 */
export function createPageRoutes(directory: string | undefined, without: readonly string[] = []): Route[] {
  const pages = directory === undefined ? new Map<string, Page>() : readPages(directory);
  const landing = pages.get('/');
  const routes: Route[] = [...pages].flatMap(([file, page]) =>
    (file === ROOM_PAGE ? ROOM_PATHS : [file]).map((path) => ({
      methods: ['GET', 'HEAD'],
      path,
      handle: ({ request }) => servePage(page, request),
    })),
  );
  const root: Route = {
    methods: ['GET', 'HEAD', 'POST'],
    path: '/',
    handle: ({ request }) =>
      landing !== undefined && request.header('accept')?.includes('text/html')
        ? servePage(landing, request)
        : textResponse('index success!!'),
  };
  return [root, ...routes.filter(({ path }) => path !== '/' && !without.includes(path))];
}

function servePage(page: Page, request: TransportRequest): TransportResponse {
  if (request.header('if-none-match') === page.headers['etag']) return { status: 304, headers: page.headers };
  return { status: 200, headers: page.headers, body: page.body };
}

function readPages(directory: string): Map<string, Page> {
  const pages = new Map<string, Page>();
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const path = `/${relative(directory, file).split(sep).join('/')}`;
    const body = readFileSync(file);
    pages.set(toUrlPath(path), { body, headers: toHeaders(path, body) });
  }
  return pages;
}

function toUrlPath(path: string): string {
  return path === '/index.html' ? '/' : path.replace(/\.html$/, '');
}

function toHeaders(path: string, body: Uint8Array): Record<string, string> {
  return {
    'content-type': contentType(path),
    'cache-control': path.startsWith('/assets/') ? FOREVER : 'no-cache',
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    'content-security-policy': CONTENT_SECURITY_POLICY,
    ...NOT_SNIFFED,
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function contentType(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream';
  return /^text\/|javascript|json|svg/.test(type) ? `${type}; charset=utf-8` : type;
}
