/** The servant `Statecast.Push`: other TARS services act on rooms and connections by it, as HTTP does, and ask who is there. */

import { createSecretCheck } from '../auth/secret.ts';
import { ConfigError } from '../config/layer/config-error.ts';
import type { Settings } from '../config/schema/settings.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Operations } from '../operations/operations.ts';
import { refuseMessage } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';
import { RepeatLimit } from '../system/repeat-limit.ts';
import type { SocketSource } from '../system/socket-source.ts';
import { isLoopbackHost } from '../system/loopback.ts';
import { createPushAdapter, Outcome, type PushServant } from '../tars/servants/statecast.ts';
import { parseEndpoint } from '../tars/client/endpoint.ts';
import { createServantServer, type ServantServer } from '../tars/server/servant-server.ts';
import type { OnServerError } from '../tars/server/server-errors.ts';
import type { ServantAdapter } from '../tars/calls/servant-adapter.ts';
import { RETURN_CODES } from '../tars/wire/return-codes.ts';
import { ListenError } from '../transport/common/transport.ts';
import { RefusedError } from './refused-error.ts';
import type { StatecastServer } from './server-options.ts';
import { createPushActing } from './servants/push-acting.ts';
import { createPushConnections } from './servants/push-connections.ts';
import { createPushRooms } from './servants/push-rooms.ts';

/** Callers name it `App.Server.PushObj`; the first two parts are what the platform calls this server. */
const OBJECT_NAME = /^\w[\w-]*\.\w[\w-]*\.PushObj$/;

/** Finds one adapter by every name that it may be called by. */
class PushObjects extends Map<string, ServantAdapter> {
  readonly #adapter: ServantAdapter;
  constructor(adapter: ServantAdapter) {
    super();
    this.#adapter = adapter;
  }
  override get(name: string): ServantAdapter | undefined {
    return OBJECT_NAME.test(name) ? this.#adapter : undefined;
  }
}

/** Until a caller has shown the secret, its frames may be so long: eight messages, and at least this. */
const FIRST_FRAME_MESSAGES = 8;
const LEAST_FIRST_FRAME_BYTES = 1024 * 1024;
/** How often connections that were dropped are reported, in milliseconds. */
const REPORT_MS = 60_000;

/** What the port of the servant has and is given. */
export interface PushPort {
  readonly maxConnections: number;
  /** Where connections come from if another process listens. */
  readonly source: SocketSource | undefined;
  readonly clock: Clock;
  /** The longest message. */
  readonly messageBytes: number;
}

type PushHost = Pick<
  StatecastServer,
  'settings' | 'publish' | 'broadcast' | 'members' | 'rooms' | 'kick' | 'health'
>;

/**
 * Serves `Statecast.Push` on `tars.listen`.
 * @throws {ConfigError} for an endpoint that cannot be read, and for one beyond loopback without a secret.
 */
export function createPushServer(
  server: PushHost,
  operations: Operations,
  { listen = '', secret }: Settings['tars'],
  events: EventSink,
  onError: (error: unknown, where: string) => void,
  { maxConnections, source, clock, messageBytes }: PushPort,
): ServantServer {
  const parsed = parseEndpoint(listen);
  if (!parsed.ok) throw refuse(listen, parsed.problem);
  const { host, port } = parsed.endpoint;
  if (secret === undefined && !isLoopbackHost(host)) {
    throw refuse(listen, 'set tars.secret too: beyond loopback everybody could push into rooms');
  }
  const failed = (error: unknown, func: string): void => onError(error, `Statecast.Push.${func}`);
  const adapter = createPushAdapter(createPushServant(server, operations), { failed });
  const servant = createServantServer({
    host,
    port,
    source,
    maxConnections,
    clock,
    servants: new PushObjects(secret === undefined ? adapter : guard(adapter, secret, events)),
    ...(secret !== undefined && {
      trusts: knowsSecret(secret),
      maxFirstFrameBytes: Math.max(LEAST_FIRST_FRAME_BYTES, FIRST_FRAME_MESSAGES * messageBytes),
    }),
    onError: reportConnections(events, onError, clock),
  });
  return {
    close: () => servant.close(),
    listen: () =>
      servant.listen().catch(() => {
        throw new ListenError(host, port);
      }),
  };
}

/**
 * Tells of connections that were dropped, and of calls that failed: once a minute for each kind, since whoever can reach the
 * port can send nonsense as often as it likes.
 */
function reportConnections(
  events: EventSink,
  onError: (error: unknown, where: string) => void,
  clock: Clock,
): OnServerError {
  const repeats = new RepeatLimit(clock, REPORT_MS);
  return (error, { remoteAddress, func }) => {
    const kind = error instanceof Error ? error.name : typeof error;
    repeats.report(kind, (count) =>
      onError(error, `a connection to Statecast.Push${count > 1 ? ` (${count} times)` : ''}`),
    );
    if (func !== undefined || !events.isHeard('problem.noted')) return;
    events.emit('problem.noted', {
      kind: 'closed',
      reason: `a connection of a TARS service was dropped: ${error instanceof Error ? error.message : kind}`,
      event: 'frame',
      handler: 'Statecast.Push',
      ...(remoteAddress !== undefined && { address: remoteAddress }),
    });
  };
}

/** Whether a call carries the secret. */
function knowsSecret(secret: string): (context: ReadonlyMap<string, string>) => boolean {
  const isRight = createSecretCheck(secret);
  return (context) => isRight(context.get('secret'));
}

function createPushServant(server: PushHost, operations: Operations): PushServant {
  const { limits } = server.settings;

  const isBad = (message: string): boolean => refuseMessage(message, limits) !== undefined;
  return {
    ...createPushRooms(operations, limits),
    ...createPushConnections(operations, limits),
    ...createPushActing(operations, limits),
    async pushByRoom({ room, message }) {
      if (isBad(message)) return { ret: Outcome.badMessage, delivered: 0 };
      const ret = await attempt(() => server.publish(room, message));
      if (ret !== Outcome.done) return { ret, delivered: 0 };
      const stats = await operations.presenceStats(room);
      return { ret, delivered: 'connections' in stats ? stats.connections : 0 };
    },
    async pushAll({ message }) {
      if (isBad(message)) return { ret: Outcome.badMessage, delivered: 0 };
      const ret = await attempt(() => server.broadcast(message));
      return { ret, delivered: ret === Outcome.done ? server.health().connections : 0 };
    },
    async members({ room }) {
      let list: Awaited<ReturnType<PushHost['members']>> = [];
      const ret = await attempt(async () => {
        list = await server.members(room);
      });
      return {
        ret,
        list: list.map(({ id, user = '', joinedAt, state }) => ({
          id,
          user,
          joinedAt,
          away: state === 'away',
        })),
      };
    },
    async rooms({ limit }) {
      const all = (await server.rooms()).toSorted((one, other) => (one.room < other.room ? -1 : 1));
      const list = limit > 0 ? all.slice(0, limit) : all;
      return {
        ret: Outcome.done,
        list: list.map(({ room, members }) => ({ name: room, members })),
        total: all.length,
      };
    },
    async kick({ room, id, reason }) {
      const found = await server.kick(room, id, reason);
      return { ret: found ? Outcome.done : Outcome.notFound };
    },
  };
}

/**
 * Does it, and says what came of it as the interface does: refusals are values, all else is an error. Messages are
 * judged before, so that what is refused for good is the room's name.
 */
async function attempt(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    await work();
    return Outcome.done;
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    return error.code === 'notAvailable' || error.temporary ? Outcome.unavailable : Outcome.badRoom;
  }
}

/** Lets through only what carries the secret. */
function guard(adapter: ServantAdapter, secret: string, events: EventSink): ServantAdapter {
  const isRight = createSecretCheck(secret);
  return {
    async dispatch(func, body, call) {
      if (isRight(call?.context.get('secret'))) return adapter.dispatch(func, body, call);
      const { remoteAddress } = call ?? {};
      events.emit('access.refused', {
        to: 'Statecast.Push',
        ...(remoteAddress !== undefined && { remoteAddress }),
      });
      return { ret: RETURN_CODES.failed, body: new Uint8Array(0) };
    },
  };
}

function refuse(given: string, allowed: string): ConfigError {
  return new ConfigError([{ path: 'tars.listen', given: JSON.stringify(given), allowed }]);
}
