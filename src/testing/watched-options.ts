/** The options of a server under test, with everything that is the user's own watched while it is under way. */

import { pickCode, pickOneRoomSettings } from '../server/room-definitions.ts';
import type { ServantDefinitions } from '../server/servants/rpc.ts';
import type { RoomDefinition, ServerOptions } from '../server/server-options.ts';
import type { StandardSchema } from '../server/schema/standard-schema.ts';
import type { Work } from './work.ts';

export function watchOptions<All extends ServantDefinitions>(
  options: ServerOptions<All>,
  work: Work,
): ServerOptions<All> {
  const { store, broker, presence, control, rooms, onBroadcast, onCall, onSend } = options;
  return {
    ...options,
    ...(store && { store: watchPart(work, 'store', store) }),
    ...(broker && { broker: watchPart(work, 'broker', broker) }),
    ...(presence && { presence: watchPart(work, 'presence', presence) }),
    ...(control && { control: watchPart(work, 'control', control) }),
    ...(rooms && { rooms: watchRooms(work, rooms) }),
    ...(onBroadcast && { onBroadcast: watched(work, 'onBroadcast', onBroadcast) }),
    ...(onCall && { onCall: watched(work, 'onCall', onCall) }),
    ...(onSend && { onSend: watched(work, 'onSend', onSend) }),
  };
}

function watchRooms<All extends ServantDefinitions>(
  work: Work,
  rooms: Readonly<Record<string, RoomDefinition<All>>>,
): Readonly<Record<string, RoomDefinition<All>>> {
  return Object.fromEntries(
    Object.entries(rooms).map(([pattern, definition]) => [
      pattern,
      { ...pickOneRoomSettings(definition), ...watchCode(work, pattern, pickCode(definition)) },
    ]),
  );
}

function watchCode<All extends ServantDefinitions>(
  work: Work,
  pattern: string,
  { message, onJoin, onMessage, onCall, onLeave }: ReturnType<typeof pickCode<All>>,
): RoomDefinition<All> {
  return {
    ...(message && { message: watchSchema(work, `the schema of ${pattern}`, message) }),
    ...(onJoin && { onJoin: watched(work, 'onJoin', onJoin) }),
    ...(onMessage && { onMessage: watched(work, 'onMessage', onMessage) }),
    ...(onCall && { onCall: watched(work, 'onCall', onCall) }),
    ...(onLeave && { onLeave: watched(work, 'onLeave', onLeave) }),
  };
}

function watched<Context extends object, Result>(
  work: Work,
  name: string,
  handler: (context: Context) => Result,
): (context: Context) => Result {
  return (context) => {
    const place = 'room' in context ? ` of ${String(context.room)}` : '';
    const signal = 'signal' in context && context.signal instanceof AbortSignal ? context.signal : undefined;
    return work.track(`${name}${place}`, () => handler(context), signal);
  };
}

function watchSchema(work: Work, name: string, schema: StandardSchema): StandardSchema {
  const standard = schema['~standard'];
  const { vendor } = standard;
  return {
    '~standard': {
      version: 1,
      vendor,
      validate: (value) => work.track(name, () => standard.validate(value)),
    },
  };
}

/** A part whose calls are watched. They are made on the part itself, which may have private fields. */
function watchPart<Part extends object>(work: Work, name: string, part: Part): Part {
  return new Proxy(part, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown =>
        work.track(`${name}.${String(key)}`, () => Reflect.apply(value, target, args) as unknown);
    },
  });
}
