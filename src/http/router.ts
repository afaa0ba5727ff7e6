/** Finds the route of a request. The routes themselves are in the files beside this one. */

import {
  addRoute,
  createRouter as createRouteTree,
  findAllRoutes,
  findRoute,
  type RouterContext,
} from 'rou3';
import { setOwn } from '../protocol/json/own-property.ts';
import {
  BodyTooLargeError,
  RequestAbortedError,
  type TransportRequest,
  type TransportResponse,
} from '../transport/common/transport.ts';
import { jsonError, withHeaders } from '../transport/common/responses.ts';

export interface RouteMatch {
  readonly request: TransportRequest;
  /** The values of the path's `:name` parts, decoded. */
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  /** Upper case. HEAD is answered like GET, without the body. */
  readonly methods: readonly string[];
  /** A path with `:name` for one part and `**` for the rest. */
  readonly path: string;
  handle(match: RouteMatch): TransportResponse | Promise<TransportResponse>;
}

/** Answers a request; rejects only when a route fails. */
export type Router = (request: TransportRequest) => TransportResponse | Promise<TransportResponse>;

/** Of two routes with the same method and path, the first wins. */
export function createRouteFinder<One extends Route>(routes: readonly One[]): RouterContext<One> {
  const tree = createRouteTree<One>();
  const seen = new Set<string>();
  for (const route of routes) {
    for (const method of route.methods) {
      const key = `${method} ${route.path}`;
      if (!seen.has(key)) addRoute(tree, method, route.path, route);
      seen.add(key);
    }
  }
  return tree;
}

/** Of two routes with the same method and path, the first wins. */
export function createRouter(routes: readonly Route[]): Router {
  const tree = createRouteFinder(routes);

  return (request) => {
    const found = findRoute(tree, request.method, request.path);
    if (found === undefined) return explainMiss(request);
    const answer = found.data.handle({ request, params: decodeParams(found.params) });
    return answer instanceof Promise ? answer.catch(answerKnownErrors) : answer;
  };

  function explainMiss({ method, path }: TransportRequest): TransportResponse {
    const allowed = METHODS.filter((other) => findAllRoutes(tree, other, path).length > 0);
    if (allowed.length === 0) return jsonError(404, `there is nothing at ${path}`);
    const response = jsonError(405, `${path} does not take ${method}, only ${allowed.join(', ')}`);
    return withHeaders(response, { allow: allowed.join(', ') });
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

function answerKnownErrors(error: unknown): TransportResponse {
  if (error instanceof BodyTooLargeError) return jsonError(413, error.message);
  if (error instanceof RequestAbortedError) return jsonError(400, error.message);
  throw error;
}

const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze({});

function decodeParams(params: Record<string, string> | undefined): Readonly<Record<string, string>> {
  if (params === undefined) return NO_PARAMS;
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(params)) setOwn(decoded, name, decodePart(value));
  return decoded;
}

function decodePart(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
