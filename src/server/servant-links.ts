/** Makes the links of the servants that settings and options name. What travels on them is not its business. */

import { ConfigError, type ConfigProblem } from '../config/layer/config-error.ts';
import { parseObject } from '../tars/client/endpoint.ts';
import { createRegistryLocator } from '../tars/client/registry-locator.ts';
import { systemClock } from '../system/clock.ts';
import { recordCalls } from '../platform/statistics/recorded-link.ts';
import type { CallCounter } from '../platform/statistics/call-statistics.ts';
import { createTcpLink } from '../tars/client/tcp-link.ts';
import type { LinkListener, ServantLink } from '../tars/servant-link.ts';
import type { ServantDefinitions } from './rpc.ts';

/**
 * The link of each servant, by its name.
 * @throws {ConfigError} for objects that cannot be read, and for names without endpoints where there is no registry.
 */
export function createServantLinks(
  definitions: ServantDefinitions,
  locatorObject: string | undefined,
  counter: CallCounter,
): ReadonlyMap<string, (listener: LinkListener) => ServantLink> {
  const problems: ConfigProblem[] = Object.entries(definitions).flatMap(([name, { object }]) => {
    const problem = findProblem(object, locatorObject);
    return problem === undefined
      ? []
      : [{ path: `servants.${name}.object`, given: JSON.stringify(object), allowed: problem }];
  });
  if (problems.length > 0) throw new ConfigError(problems);
  const locator =
    locatorObject === undefined ? undefined : createRegistryLocator({ registry: locatorObject });
  const createTcp = createTcpLink(locator === undefined ? {} : { locator });
  const createLink = recordCalls(createTcp, counter.record, systemClock, counter.isCollected);
  return new Map(
    Object.entries(definitions).map(([name, { object }]) => [
      name,
      (listener) => createLink(object, listener),
    ]),
  );
}

function findProblem(object: string, locatorObject: string | undefined): string | undefined {
  const parsed = parseObject(object);
  if (!parsed.ok) return parsed.problem;
  if (parsed.endpoints.length > 0 || locatorObject !== undefined) return undefined;
  return 'an object with its endpoints, or set tars.locator to the registry that knows them';
}

/** A machine's value as one text: `{ ready: { circuit: 'closed' } }` is `ready.circuit.closed`. */
export function describeStates(states: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(states).map(([name, value]) => [name, flatten(value)]));
}

function flatten(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([state, inner]) => `${state}.${flatten(inner)}`)
    .join(' ');
}
