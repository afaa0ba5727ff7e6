/** HTTP routes of a library user (controllers in the TarsPHP example): a handler gets parsed input and returns a value. */

import { addRoute, createRouter } from 'rou3';
import type { Json } from '../protocol/command.ts';
import { findNonJson } from '../protocol/json/non-json.ts';
import type { TransportRequest, TransportResponse } from '../transport/common/transport.ts';
import { jsonError, jsonResponse, NO_CONTENT, textResponse } from '../transport/common/responses.ts';
import type { Route, RouteMatch } from './router.ts';

/** Longest body of a user's route. */
const MAX_BODY_BYTES = 1024 * 1024;

/** A method and one space, which may be absent, and a path. */
const KEY = /^(?:(GET|POST|PUT|PATCH|DELETE|OPTIONS) )?(\/\S*)$/;
/** Other libraries read `{a,b}` as two paths; here it would be a fixed text. */
const ALTERNATIVES = /\{[^}]*,[^}]*\}/;

export interface RouteRequest<Server> {
  readonly method: string;
  /** The path as sent. */
  readonly path: string;
  /** The values of the path's `:name` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** The query; if a name is given twice, the last value counts. */
  readonly query: Readonly<Record<string, string>>;
  /**
   * The body by its content type: a JSON value, the fields of a form, the text of `text/*`, otherwise the bytes;
   * `undefined` without a body. At most 1 MiB. Numbers of JSON are JavaScript numbers: have large ones sent as strings.
   */
  readonly body: unknown;
  /** A header by its name, in lower case. */
  header(name: string): string | undefined;
  readonly remoteAddress: string;
  readonly server: Server;
}

/** A response with more than a body. Make it with {@link respond}. */
class RouteResponse {
  readonly response: TransportResponse;
  constructor(response: TransportResponse) {
    this.response = response;
  }
}

/** For routes: a response with its own status (default 200), headers and body. */
export function respond(response: Partial<TransportResponse>): RouteResponse {
  return new RouteResponse({ status: 200, ...response });
}

/** A text is sent as plain text, another value as JSON, `undefined` as 204; {@link respond} sets status and headers too. */
export type RouteReply = RouteResponse | Json | undefined | void;

/** An error, or a value that is no JSON, is logged and answered with 500, without its text. */
export type RouteHandler<Server> = (request: RouteRequest<Server>) => RouteReply | Promise<RouteReply>;

/**
 * By method and path, such as `GET /hello/:name`; a path alone takes GET and POST. `**` takes the rest of a path. A route
 * wins over one of the server with the same path. One with a parameter or a `*` in the place of a fixed path of the server,
 * such as `GET /:page` beside `/health`, is refused, unless there is a route `GET /health` too. A second route for the same
 * method and path is refused: a path alone cannot stand beside `GET` or `POST` of this path.
 */
export type UserRoutes<Server> = Readonly<Record<string, RouteHandler<Server>>>;

/** A route and the key by which the user gave it. */
export interface UserRoute extends Route {
  readonly key: string;
}

/** The keys must have no problem that {@link findKeyProblem} tells. */
export function createUserRoutes<Server>(routes: UserRoutes<Server>, server: Server): UserRoute[] {
  return Object.entries(routes).map(([key, handler]) => {
    const { methods, path } = parseKey(key);
    return {
      key,
      methods,
      path,
      handle: async (match) => toResponse(await callRoute(handler, match, server)),
    };
  });
}

/** What a route's key should be instead; undefined if it is `/path` or `METHOD /path`, and the router can read the path. */
export function findKeyProblem(key: string): string | undefined {
  const path = KEY.exec(key)?.[2];
  if (path === undefined) return 'a name like "GET /hello/:name" or "/hello"';
  if (path.includes('#')) return 'a path without a fragment, like "/hello"';
  if (ALTERNATIVES.test(path)) return 'a route for each of the paths in {}';
  try {
    addRoute(createRouter(), 'GET', path);
    return undefined;
  } catch (error) {
    if (/\?[^/]*=/.test(path)) return 'a path without a query, like "/hello"';
    const why = error instanceof Error ? error.message.replace(/^rou3: /, '') : String(error);
    return `a path like "/hello/:name", which the router can read: ${why}`;
  }
}

function parseKey(key: string): { methods: readonly string[]; path: string } {
  const [, method, path = key] = KEY.exec(key) ?? [];
  const methods = method === undefined ? ['GET', 'POST'] : [method];
  return { methods: methods.includes('GET') ? [...methods, 'HEAD'] : methods, path };
}

async function callRoute<Server>(
  handler: RouteHandler<Server>,
  { request, params }: RouteMatch,
  server: Server,
): Promise<RouteReply> {
  const body = await readBody(request);
  if (body instanceof RouteResponse) return body;
  const { method, path, remoteAddress } = request;
  return handler({
    method,
    path,
    params,
    query: Object.fromEntries(new URLSearchParams(request.query)),
    body: body.value,
    header: (name) => request.header(name),
    remoteAddress,
    server,
  });
}

async function readBody(request: TransportRequest): Promise<RouteResponse | { value: unknown }> {
  const bytes = await request.body(MAX_BODY_BYTES);
  if (bytes.length === 0) return { value: undefined };
  const type = request.header('content-type')?.toLowerCase() ?? '';
  if (!/json|^text\/|form-urlencoded/.test(type)) return { value: bytes };
  const text = new TextDecoder().decode(bytes);
  if (type.includes('form-urlencoded')) return { value: Object.fromEntries(new URLSearchParams(text)) };
  if (type.startsWith('text/')) return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch {
    return new RouteResponse(jsonError(400, 'the body is not JSON'));
  }
}

function toResponse(reply: RouteReply): TransportResponse {
  if (reply instanceof RouteResponse) return reply.response;
  if (reply === undefined) return NO_CONTENT;
  if (typeof reply === 'string') return textResponse(reply);
  const nonJson = findNonJson(reply);
  if (nonJson === undefined) return jsonResponse(200, reply);
  throw new TypeError(`a route must return a JSON value, respond(…) or nothing, and this is ${nonJson}`);
}
