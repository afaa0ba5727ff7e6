/** Asks the platform's registry for the endpoints of servants, and caches the answers. */

import { systemClock, type Clock } from '../../system/clock.ts';
import { LinkError, type CreateServantLink } from '../servant-link.ts';
import { TarsCallError } from '../calls/caller.ts';
import { createProxy } from '../calls/proxy.ts';
import { createDirectCaller, DEFAULT_DEADLINE_MS } from './direct-caller.ts';
import { formatEndpoint, parseObject, type Endpoint } from './endpoint.ts';
import type { LocateOptions, Locator } from './locator.ts';
import { IS_TCP, QUERY_F, SET_QUERY_F, type EndpointF } from './registry-types.ts';
import { createTcpLink } from './tcp-link.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';

/** How long an answer is cached. */
const REFRESH_MS = 60_000;
/** How long an old answer is kept when the registry cannot be asked, or answers with an error or without endpoints. */
const RETRY_MS = 5_000;
/** How soon the registry is asked again when no endpoint of its answer can be connected. */
const STALE_MS = 2_000;
const MAX_PORT = 65_535;

export interface RegistryLocatorOptions {
  /** The registry's object with its endpoints: `tars.tarsregistry.QueryObj@tcp -h HOST -p PORT[:tcp …]`. */
  readonly registry: string;
  /** How long one endpoint of the registry may take to answer, in milliseconds. Default 3,000. */
  readonly deadlineMs?: number;
  /**
   * The set of this server, `name.area.group`: the registry is asked for endpoints in it. As in other TARS clients, a set
   * whose name or area is `*`, or that has not three parts, is none. Default: none, for the
   * endpoints of all sets.
   */
  readonly set?: string | undefined;
  /** Told when an object cannot be looked up: once for each object and kind of failure, until it is found again. */
  readonly failed?: (error: LinkError, object: string) => void;
  /** Default: a TCP link. */
  readonly createLink?: CreateServantLink;
  /** Default: the system's. */
  readonly clock?: Clock;
}

interface Answer {
  readonly endpoints: readonly Endpoint[];
  readonly askedAt: number;
  readonly holdsUntil: number;
}

/**
 * Makes a locator that asks the registry at most once a minute for an object, or every two seconds while its endpoints
 * cannot be connected. It tries the registry's endpoints one after another until one answers; if none does, or the
 * answer is an error or has no endpoints, the last good answer stays valid. Endpoints without TCP are left out.
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

  const setId = readSet(options.set);
  /** By object: the failure that was told last. */
  const told = new Map<string, string>();

  return {
    async locate(object, { isStale = false }: LocateOptions = {}) {
      const answer = answers.get(object);
      if (answer !== undefined) {
        const askAt = isStale ? Math.min(answer.holdsUntil, answer.askedAt + STALE_MS) : answer.holdsUntil;
        if (clock.monotonic() < askAt) return answer.endpoints;
      }
      let asked = asking.get(object);
      if (asked === undefined) {
        asked = refresh(object, answer).finally(() => asking.delete(object));
        asking.set(object, asked);
      }
      return asked;
    },
  };

  async function refresh(object: string, old: Answer | undefined): Promise<readonly Endpoint[]> {
    const askedAt = clock.monotonic();
    try {
      const endpoints = await askAny(object);
      if (endpoints.length === 0) {
        throw new LinkError('noEndpoint', `the registry knows no endpoint of ${object}${inSet()}`);
      }
      told.delete(object);
      answers.set(object, { endpoints, askedAt, holdsUntil: clock.monotonic() + REFRESH_MS });
      return endpoints;
    } catch (error) {
      tell(error, object);
      if (old === undefined) throw error;
      answers.set(object, { ...old, askedAt, holdsUntil: clock.monotonic() + RETRY_MS });
      return old.endpoints;
    }
  }

  function tell(error: unknown, object: string): void {
    if (!(error instanceof LinkError) || told.get(object) === error.code) return;
    told.set(object, error.code);
    options.failed?.(error, object);
  }

  function inSet(): string {
    return setId === undefined ? '' : ` in the set ${setId}`;
  }

  /** One endpoint of the registry that answers is enough; an error is an answer, but another one may know better. */
  async function askAny(object: string): Promise<readonly Endpoint[]> {
    let failure: LinkError | undefined;
    for (const node of nodes) {
      try {
        return await ask(node, object);
      } catch (error) {
        const found = toFailure(error, node);
        if (failure?.code !== 'registryFailed') failure = found;
      }
    }
    throw failure!;
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
      if (setId === undefined) {
        const { ret: found } = await createProxy(QUERY_F, caller).findObjectById({ id: object });
        return toEndpoints(found);
      }
      const query = createProxy(SET_QUERY_F, caller);
      const { ret, activeEp } = await query.findObjectByIdInSameSet({ id: object, setId });
      if (ret === 0) return toEndpoints(activeEp);
      throw new LinkError('registryFailed', `the registry answers ${ret} for ${object}${inSet()}`);
    } finally {
      caller.close();
    }
  }
}

function readSet(set: string | undefined): string | undefined {
  const parts = set?.split('.') ?? [];
  const isSet = parts.length === 3 && parts[0] !== '*' && parts[1] !== '*' && !parts.includes('');
  return isSet ? set : undefined;
}

/** A registry that answers with an error is told apart from one that does not answer. */
function toFailure(cause: unknown, node: Endpoint): LinkError {
  if (cause instanceof LinkError) return cause;
  const where = formatEndpoint(node);
  if (!(cause instanceof TarsCallError) || NO_ANSWER.has(cause.ret)) {
    const words = `the registry at ${where} does not answer: ${String(cause)}`;
    return new LinkError('registryUnreachable', words, { cause });
  }
  if (cause.ret === RETURN_CODES.noSuchServant) {
    return new LinkError('registryUnreachable', `the server at ${where} has no registry`, { cause });
  }
  const words = `the registry at ${where} answers with the error ${cause.ret}`;
  return new LinkError('registryFailed', words, { cause });
}

/** The return codes of calls that were not answered. */
const NO_ANSWER: ReadonlySet<number> = new Set([
  RETURN_CODES.connectionClosed,
  RETURN_CODES.connectionFailed,
  RETURN_CODES.timeout,
]);

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
