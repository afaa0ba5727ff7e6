/** Makes the links of the servants that settings and options name. What travels on them is not its business. */

import { ConfigError, type ConfigProblem } from '../../config/layer/config-error.ts';
import { parseObject } from '../../tars/client/endpoint.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { Locator } from '../../tars/client/locator.ts';
import { createRegistryLocator } from '../../tars/client/registry-locator.ts';
import { systemClock } from '../../system/clock.ts';
import { recordCalls } from '../../platform/statistics/recorded-link.ts';
import type { CallCounter } from '../../platform/statistics/call-statistics.ts';
import { createTcpLink } from '../../tars/client/tcp-link.ts';
import type { CreateServantLink, LinkListener, ServantLink } from '../../tars/servant-link.ts';
import type { TarsRpcServant } from '../../tars/tars-rpc/from-tars-rpc.ts';
import { functionsOf, type ServantDefinition, type ServantDefinitions } from './rpc.ts';

export interface ServantLinksInput {
  readonly definitions: ServantDefinitions;
  /** The settings of the registry. */
  readonly tars: { readonly locator?: string | undefined; readonly set?: string | undefined };
  readonly events: EventSink;
  /** Told of each call of a servant that has ended. */
  readonly statistics: CallCounter;
}

/**
 * The link of each servant, by its name.
 * @throws {ConfigError} for objects that cannot be read, for names without endpoints where there is no registry, and for
 * idempotent functions that a servant does not have.
 */
export function createServantLinks({
  definitions,
  tars,
  events,
  statistics,
}: ServantLinksInput): ReadonlyMap<string, (listener: LinkListener) => ServantLink> {
  const problems = Object.entries(definitions).flatMap(([name, definition]) =>
    findProblems(`servants.${name}`, definition, tars.locator),
  );
  if (problems.length > 0) throw new ConfigError(problems);
  const createTcp = createTcpLink(
    tars.locator === undefined ? {} : { locator: createLocator(tars.locator, tars.set, events) },
  );
  const record = (create: CreateServantLink): CreateServantLink =>
    recordCalls(create, statistics.record, systemClock, statistics.isCollected);
  const createLink = record(createTcp);
  return new Map(
    Object.entries(definitions).map(([name, definition]) => {
      const createOne = 'createLink' in definition ? record(definition.createLink) : createLink;
      return [name, (listener) => createOne(definition.object, listener)];
    }),
  );
}

function createLocator(registry: string, set: string | undefined, events: EventSink): Locator {
  const failed = (error: unknown, object: string): void => events.emit('registry.failed', { object, error });
  return createRegistryLocator({ registry, set, failed });
}

function findProblems(
  path: string,
  definition: ServantDefinition | TarsRpcServant,
  locator: string | undefined,
): ConfigProblem[] {
  const { object, idempotent = [] } = definition;
  const functions = functionsOf(definition);
  const unknown = idempotent.filter((func) => !functions.includes(func));
  // `@tars/rpc` has read its own object.
  const problem = 'methods' in definition ? findProblem(object, locator) : undefined;
  return [
    ...(problem === undefined
      ? []
      : [{ path: `${path}.object`, given: JSON.stringify(object), allowed: problem }]),
    ...unknown.map((func) => ({
      path: `${path}.idempotent`,
      given: JSON.stringify(func),
      allowed: `functions of the servant: ${functions.join(', ')}`,
    })),
  ];
}

function findProblem(object: string, locatorObject: string | undefined): string | undefined {
  const parsed = parseObject(object);
  if (!parsed.ok) return parsed.problem;
  if (parsed.endpoints.length > 0 || locatorObject !== undefined) return undefined;
  return 'an object with its endpoints, or set tars.locator to the registry that knows them';
}

export function describeStates(states: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(Object.entries(states).map(([name, value]) => [name, describeState(value)]));
}

/** A machine's value as one text: `{ ready: { circuit: 'closed' } }` is `ready.circuit.closed`. */
export function describeState(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([state, inner]) => `${state}.${describeState(inner)}`)
    .join(' ');
}
