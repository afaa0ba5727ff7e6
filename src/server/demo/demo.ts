/**
 * The demonstration: the example servant beside the server, every room allowed to call it as `hello`, and rooms that keep
 * their last messages and tell who comes and goes.
 */

import { HelloMethods } from '../../tars/servants/hello.ts';
import type { ServantDefinitions } from '../servants/rpc.ts';
import { createHelloServer, HELLO_OBJECT } from './hello-servant.ts';

const DEMO_SERVANT = 'hello';

const ALLOWED = `${DEMO_SERVANT}.*`;

/** Rooms as settings have them, and as the library takes them. */
type Rooms = Readonly<Record<string, RoomSettings>>;
interface RoomSettings {
  readonly rpc?: readonly string[] | undefined;
}

/** What all rooms have in the demonstration, unless `*` says otherwise. */
const EVERY_ROOM = { history: { size: 100, ttlSeconds: 300 }, joinLeave: true };

export interface Demo {
  readonly servants: ServantDefinitions;
  close(): Promise<void>;
}

/** Starts the example servant on a free loopback port. */
export async function startDemo(onError: (error: unknown, where: string) => void): Promise<Demo> {
  const server = createHelloServer(0, onError);
  const { host, port } = await server.listen();
  const object = `${HELLO_OBJECT}@tcp -h ${host} -p ${port}`;
  return {
    servants: { [DEMO_SERVANT]: { object, methods: HelloMethods } },
    close: () => server.close(),
  };
}

/** The same rooms, each allowed to call the example servant, and `*` with what is not said of it. */
export function allowDemo<Given extends Rooms>(rooms: Given): Given {
  const all: Rooms = { ...rooms, '*': { ...EVERY_ROOM, ...rooms['*'] } };
  const allowed = Object.entries(all).map(([pattern, room]) => [
    pattern,
    { ...room, rpc: [...(room.rpc ?? []), ALLOWED] },
  ]);
  return Object.fromEntries(allowed) as Given;
}
