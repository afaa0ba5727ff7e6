/** Turns what a library user says of rooms into what a room's machine is given. */

import type { RoomQuestions } from '../actors/backend/asking.ts';
import type { HandlerContext, MessageCheck, RoomHandlers, RoomOptions } from '../actors/room/room-options.ts';
import { createPatternTable } from '../protocol/room-patterns.ts';
import { createAllowances } from './room-rules.ts';
import { DEFAULT_HISTORY_TTL_SECONDS, ROOM_SETTINGS } from '../config/schema/room-schema.ts';
import type { Settings } from '../config/schema/settings.ts';
import { createMessageCheck } from './schema/message-check.ts';
import type { ServantDefinitions } from './servants/rpc.ts';
import type {
  HistoryDefinition,
  RoomDefinition,
  ServerOptions,
  StatecastServer,
  WithServer,
} from './server-options.ts';

/**
 * Finds the options of a room; those of one definition share their handlers. The server is asked for
 * when a handler is called, because it is made after its rooms.
 */
export function createRoomOptions<All extends ServantDefinitions>(
  definitions: Readonly<Record<string, RoomDefinition<All>>>,
  settings: Pick<Settings, 'host' | 'auth' | 'limits' | 'lingerSeconds'>,
  getServer: () => StatecastServer<All>,
  questionsOf: (room: string) => RoomQuestions | undefined,
): (room: string) => RoomOptions {
  const { limits, lingerSeconds } = settings;
  const find = createPatternTable(definitions);
  const allowancesOf = createAllowances(settings);
  const codeOf = new WeakMap<RoomDefinition<All>, RoomCode>();

  return (room) => {
    const found = find(room);
    const definition: RoomDefinition<All> = found ?? NOTHING;
    const { capacity = limits.roomCapacity, messagesPerSecond, rpc = [], history } = definition;
    const { joinLeave = false, delta = false, explain = false } = definition;
    const questions = questionsOf(room);
    const { rules, isKnown, owners } = allowancesOf(room, found, questions);
    const { size = 0, recover = true } = history ?? {};
    let code = codeOf.get(definition);
    if (code === undefined) {
      const { message } = definition;
      code = {
        handlers: bindHandlers(definition, getServer),
        check: message && createMessageCheck(message),
      };
      codeOf.set(definition, code);
    }
    const { handlers, check } = code;
    return {
      capacity,
      rpc,
      history: toHistoryLimits(history),
      stream: { size, recover, delta },
      joinLeave,
      explains: explain,
      rules,
      isKnown,
      owners,
      ...(messagesPerSecond !== undefined && { messagesPerSecond }),
      handlerMs: limits.handlerSeconds * 1000,
      messageBytes: limits.messageBytes,
      check,
      lingerMs: lingerSeconds * 1000,
      handlers,
      ...(questions !== undefined && { questions }),
    };
  };
}

const NOTHING: RoomDefinition = {};

/** What rooms of one definition share. */
interface RoomCode {
  readonly handlers: RoomHandlers;
  readonly check: MessageCheck | undefined;
}

function toHistoryLimits({ size = 0, ttlSeconds = DEFAULT_HISTORY_TTL_SECONDS }: HistoryDefinition = {}) {
  return { size, ttlMs: ttlSeconds * 1000 };
}

function bindHandlers<All extends ServantDefinitions>(
  definition: RoomDefinition<All>,
  getServer: () => StatecastServer<All>,
): RoomHandlers {
  const withServer = <Context extends HandlerContext>(context: Context): WithServer<Context, All> => {
    const server = getServer();
    return { ...context, server, rpc: server.rpc };
  };
  return {
    ...(definition.onJoin && { onJoin: (join) => definition.onJoin?.(withServer(join)) }),
    ...(definition.onMessage && { onMessage: (message) => definition.onMessage?.(withServer(message)) }),
    ...(definition.onCall && { onCall: (call) => definition.onCall?.(withServer(call)) }),
    ...(definition.onLeave && { onLeave: (leave) => definition.onLeave?.(withServer(leave)) }),
  };
}

/** Finds the pattern of a room, if any. */
export function createPatternFinder(definitions: object): (room: string) => string | undefined {
  return createPatternTable(
    Object.fromEntries(Object.keys(definitions).map((pattern) => [pattern, pattern])),
  );
}

/** What no settings file can hold. */
const CODE: ReadonlySet<string> = new Set(['message', 'onJoin', 'onMessage', 'onCall', 'onLeave']);

/** The part of the definitions that settings files know too, so that one schema judges both; it finds misspelt names. */
export function pickRoomSettings<All extends ServantDefinitions>(
  definitions: NonNullable<ServerOptions<All>['rooms']>,
): unknown {
  return Object.fromEntries(
    Object.entries(definitions).map(([pattern, definition]) => [pattern, pickOneRoomSettings(definition)]),
  );
}

/** All but the schema and the handlers: what is of the definition itself, and the settings that its prototypes have. */
export function pickOneRoomSettings<All extends ServantDefinitions>(definition: RoomDefinition<All>): object {
  const inherited = ROOM_SETTINGS.map((name) => [name, definition[name]] as const).filter(
    ([, value]) => value !== undefined,
  );
  const own = Object.entries(definition).filter(([name]) => !CODE.has(name));
  return Object.fromEntries([...inherited, ...own]);
}

/** The schema and the handlers, also those of a prototype, in an object that can be spread. Each handler is called on its own room. */
export function pickCode<All extends ServantDefinitions>(
  definition: RoomDefinition<All>,
): Pick<RoomDefinition<All>, 'message' | 'onJoin' | 'onMessage' | 'onCall' | 'onLeave'> {
  return {
    ...(definition.message && { message: definition.message }),
    ...(definition.onJoin && { onJoin: (join) => definition.onJoin?.(join) }),
    ...(definition.onMessage && { onMessage: (message) => definition.onMessage?.(message) }),
    ...(definition.onCall && { onCall: (call) => definition.onCall?.(call) }),
    ...(definition.onLeave && { onLeave: (leave) => definition.onLeave?.(leave) }),
  };
}
