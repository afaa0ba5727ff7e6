/** Finds routes of a library user that no request would reach, or not every request that they seem to take. */

import { compareRoutes, findRoute } from 'rou3';
import type { UserRoute } from './user-routes.ts';
import { createRouteFinder, type Route } from './router.ts';

export interface ShadowedRoute {
  /** The name of the user's route. */
  readonly key: string;
  /** The routes that are taken instead of it, such as `GET /health`. */
  readonly by: readonly string[];
}

/** The end of a route that is meant to take the rest, with or without a name for it. */
const REST = /(?<=\/)\*\*(?::\w+)?$/;

/**
 * A user's route wins over a route of the server with the same path. But the router prefers a fixed path to any other:
 * `GET /:page` or `GET /*` would not get `/health`. A route that ends with `**` or `**:name` is meant to take the rest.
 */
export function findShadowedRoutes(users: readonly UserRoute[], own: readonly Route[]): ShadowedRoute[] {
  const shadowed = new Map<UserRoute, string[]>();
  for (const [index, route] of users.entries()) {
    const first = users.slice(0, index).find((earlier) => takesSome(earlier, route));
    if (first !== undefined) shadowed.set(route, [first.key]);
  }
  const ofUsers = createRouteFinder(users);
  const all = createRouteFinder<Route>([...users, ...own]);
  for (const { methods, path } of own) {
    for (const method of methods) {
      const route = findRoute(ofUsers, method, path)?.data;
      if (route === undefined || REST.test(route.path)) continue;
      if (findRoute(all, method, path)?.data === route) continue;
      shadowed.set(route, [...(shadowed.get(route) ?? []), `${method} ${path}`]);
    }
  }
  return [...shadowed].map(([{ key }, by]) => ({ key, by }));
}

/** Whether two routes have a method in common and take the same paths: the later one would not get its requests. */
function takesSome(earlier: UserRoute, later: UserRoute): boolean {
  if (!later.methods.some((method) => earlier.methods.includes(method))) return false;
  return compareRoutes(earlier.path.replace(REST, '**'), later.path.replace(REST, '**')) === 'equal';
}
