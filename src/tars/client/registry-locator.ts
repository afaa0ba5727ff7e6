/** Asks the platform's registry for the endpoints of servants, and caches the answers. */

import { systemClock, type Clock } from '../../system/clock.ts';
import { LinkError, type CreateServantLink } from '../servant-link.ts';
import { createProxy } from '../calls/proxy.ts';
import { createDirectCaller, DEFAULT_DEADLINE_MS } from './direct-caller.ts';
import { formatEndpoint, parseObject, type Endpoint } from './endpoint.ts';
import type { Locator } from './locator.ts';
import { IS_TCP, QUERY_F, type EndpointF } from './registry-types.ts';
import { createTcpLink } from './tcp-link.ts';

/** How long an answer is cached. */
const REFRESH_MS = 60_000;
/** How long an old answer is kept when the registry cannot be asked. */
const RETRY_MS = 5_000;
const MAX_PORT = 65_535;

export interface RegistryLocatorOptions {
  /** The registry's object with its endpoints: `tars.tarsregistry.QueryObj@tcp -h HOST -p PORT[:tcp …]`. */
  readonly registry: string;
  /** How long one endpoint of the registry may take to answer, in milliseconds. Default 3,000. */
  readonly deadlineMs?: number;
  /** Default: a TCP link. */
  readonly createLink?: CreateServantLink;
  /** Default: the system's. */
  readonly clock?: Clock;
}

interface Answer {
  readonly endpoints: readonly Endpoint[];
  readonly holdsUntil: number;
}

/**
 * Makes a locator that asks the registry at most once a minute for an object. It tries the registry's endpoints one
 * after another until one answers; if none does, the last answer stays valid. Endpoints without TCP are left out.
 *
 * @throws {TypeError} when the registry's object does not parse, or names no endpoint.
 */
export function createRegistryLocator(options: RegistryLocatorOptions): Locator {
  const { deadlineMs = DEFAULT_DEADLINE_MS, clock = systemClock } = options;
  const createLink = options.createLink ?? createTcpLink({ clock });
  const registry = parseObject(options.registry);
  if (!registry.ok) throw new TypeError(registry.problem);
  if (registry.endpoints.length === 0) throw new TypeError(`${registry.name} names no endpoint`);
  const { name, endpoints: nodes } = registry;
  const answers = new Map<string, Answer>();
  const asking = new Map<string, Promise<readonly Endpoint[]>>();

  return {
    async locate(object) {
      const answer = answers.get(object);
      if (answer !== undefined && clock.monotonic() < answer.holdsUntil) return answer.endpoints;
      let asked = asking.get(object);
      if (asked === undefined) {
        asked = refresh(object, answer).finally(() => asking.delete(object));
        asking.set(object, asked);
      }
      return asked;
    },
  };

  async function refresh(object: string, old: Answer | undefined): Promise<readonly Endpoint[]> {
    let endpoints: readonly Endpoint[];
    try {
      endpoints = await askAny(object);
    } catch (error) {
      if (old === undefined) throw error;
      return remember(object, old.endpoints, RETRY_MS);
    }
    if (endpoints.length > 0) return remember(object, endpoints, REFRESH_MS);
    answers.delete(object);
    throw new LinkError('noEndpoint', `the registry knows no endpoint of ${object}`);
  }

  function remember(object: string, endpoints: readonly Endpoint[], holdsMs: number): readonly Endpoint[] {
    answers.set(object, { endpoints, holdsUntil: clock.monotonic() + holdsMs });
    return endpoints;
  }

  async function askAny(object: string): Promise<readonly Endpoint[]> {
    let cause: unknown;
    for (const node of nodes) {
      try {
        return await ask(node, object);
      } catch (error) {
        cause = error;
      }
    }
    throw new LinkError('registryUnreachable', `the registry does not answer: ${String(cause)}`, { cause });
  }

  async function ask(node: Endpoint, object: string): Promise<readonly Endpoint[]> {
    // A new connection for each request: requests are rare, and the registry may have closed an old one.
    const caller = createDirectCaller({
      createLink,
      object: `${name}@${formatEndpoint(node)}`,
      deadlineMs,
      clock,
    });
    try {
      const { ret } = await createProxy(QUERY_F, caller).findObjectById({ id: object });
      return toEndpoints(ret);
    } finally {
      caller.close();
    }
  }
}

/** Without duplicates, in an order that does not depend on the order of the answer. */
function toEndpoints(found: readonly EndpointF[]): readonly Endpoint[] {
  const byText = new Map<string, Endpoint>();
  for (const { host, port, istcp, timeout } of found) {
    if (istcp !== IS_TCP || host === '' || port < 1 || port > MAX_PORT) continue;
    const endpoint = timeout > 0 ? { host, port, timeoutMs: timeout } : { host, port };
    byText.set(formatEndpoint(endpoint), endpoint);
  }
  return [...byText.keys()].sort().map((text) => byText.get(text)!);
}
