/** Finds routes of a library user that no request would reach, or not every request that they seem to take. */

import { addRoute, createRouter, findRoute } from 'rou3';
import type { UserRoute } from './user-routes.ts';
import type { Route } from './router.ts';

export interface ShadowedRoute {
  /** The name of the user's route. */
  readonly key: string;
  /** The routes that are taken instead of it, such as `GET /health`. */
  readonly by: readonly string[];
}

/**
 * A user's route wins over a route of the server with the same path. But the router prefers a fixed path to a parameter:
 * `GET /:page` would not get `/health`. A route that ends with `**` is meant to take the rest.
 */
export function findShadowedRoutes(users: readonly UserRoute[], own: readonly Route[]): ShadowedRoute[] {
  const shadowed = new Map<UserRoute, string[]>();
  const tree = createRouter<UserRoute>();
  const taken = new Map<string, UserRoute>();
  for (const route of users) {
    const free = route.methods.filter((method) => !taken.has(placeOf(method, route.path)));
    const first = taken.get(placeOf(route.methods[0] ?? '', route.path));
    if (free.length === 0 && first !== undefined) shadowed.set(route, [first.key]);
    for (const method of free) {
      taken.set(placeOf(method, route.path), route);
      addRoute(tree, method, route.path, route);
    }
  }
  for (const { methods, path } of own) {
    for (const method of methods) {
      const route = findRoute(tree, method, path)?.data;
      if (route === undefined || !route.path.includes(':') || route.path.endsWith('**')) continue;
      shadowed.set(route, [...(shadowed.get(route) ?? []), `${method} ${path}`]);
    }
  }
  return [...shadowed].map(([{ key }, by]) => ({ key, by }));
}

/** Two routes with the same place take the same requests. */
function placeOf(method: string, path: string): string {
  const place = path.replace(/:\w+/g, ':').replace(/(?<=.)\/$/, '');
  return `${method} ${place}`;
}
