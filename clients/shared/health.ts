/** The server's health, from its health route. */

const HEALTH_TIMEOUT_MS = 5_000;

export interface Health {
  readonly status: string;
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly connections: number;
  readonly rooms: number;
  /** `failing`: memberships are in memory only until the store works again. */
  readonly store: string;
  /** The server accepts `?user=` as the name of a connection. */
  readonly userParameter: boolean;
  /** The server runs the example servant. */
  readonly demo: boolean;
  /** The server has an inspector at `/inspector`. */
  readonly inspector: boolean;
  /** It takes visitors without a token. */
  readonly inspectorOpen: boolean;
  /** The state of each servant's proxy, by the servant's name. */
  readonly servants: Readonly<Record<string, string>>;
}

/** Asks the health route; `undefined` when there is no usable answer. The 503 of a draining server has a body too. */
export async function fetchHealth(): Promise<Health | undefined> {
  try {
    const response = await fetch('/health', {
      signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS),
      cache: 'no-store',
      headers: { accept: 'application/json' },
    });
    return parseHealth(await response.json());
  } catch {
    return undefined;
  }
}

/** Reads the body of the health route. */
export function parseHealth(body: unknown): Health | undefined {
  const health = (body ?? {}) as Record<string, unknown>;
  const { status, version, uptimeSeconds, connections, rooms, store, features, servants } = health;
  if (typeof status !== 'string') return undefined;
  const { userParameter, demo, inspector, inspectorOpen } = (features ?? {}) as Record<string, unknown>;
  return {
    status,
    version: typeof version === 'string' ? version : '',
    uptimeSeconds: Number(uptimeSeconds ?? 0),
    connections: Number(connections ?? 0),
    rooms: Number(rooms ?? 0),
    store: typeof store === 'string' ? store : 'unknown',
    userParameter: userParameter === true,
    demo: demo === true,
    inspector: inspector === true,
    inspectorOpen: inspectorOpen === true,
    servants: (servants ?? {}) as Record<string, string>,
  };
}
