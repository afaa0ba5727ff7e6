/**
 * What machines use that is not an actor, by the names of their actions and of the actors that they invoke. What they
 * send to actors is told by the door through which it is sent (actors/runtime/send.ts).
 */

import type { EventObject } from 'xstate';
import type { ConnectionContext } from '../../actors/connection/connection-events.ts';
import type { ModerationInput } from '../../actors/room/moderation.ts';
import type { Publisher } from '../../actors/room/ports.ts';
import type { TarsProxyContext } from '../../actors/servant/tars-proxy-events.ts';
import type { MachineName, Outside, Party } from '../feed/feed-protocol.ts';

/** An action about to run: the context of its actor, and the event that the actor handles. */
export interface Scene {
  readonly context: unknown;
  readonly event: EventObject;
}

type Use = (scene: Scene) => Party | undefined;

const SOCKET: Party = { outside: 'socket' };
const BROKER: Party = { outside: 'broker' };
const STORE: Party = { outside: 'store' };
const HANDLER: Party = { outside: 'handler' };
const LIBRARY: Party = { outside: 'library' };
const SERVANT: Party = { outside: 'servant' };

const socket: Use = () => SOCKET;
const broker: Use = () => BROKER;
const store: Use = () => STORE;
const handler: Use = () => HANDLER;
const library: Use = () => LIBRARY;
const servant: Use = () => SERVANT;

/** Where the answer to a publisher goes. That to a connection goes to its socket at once. */
const publisher: Use = ({ event }) => {
  const { sender } = (event as EventObject & { publisher: Publisher }).publisher;
  return typeof sender === 'string' ? { outside: sender } : SOCKET;
};

/** Of a call, the connection is told by an event. */
const socketOfPublisher: Use = ({ context }) =>
  (context as ModerationInput).handler === 'onCall' ? undefined : SOCKET;

const socketOfMember: Use = ({ context, event }) => {
  const { joined } = context as ConnectionContext;
  return joined.has((event as EventObject & { room: string }).room) ? SOCKET : undefined;
};

const servantOfWaiting: Use = ({ context }) =>
  (context as TarsProxyContext).calls.waiting.size > 0 ? SERVANT : undefined;

/** The proxy is named as the servant. It may not exist yet. */
const proxy: Use = ({ event }) => {
  const { method } = event as EventObject & { method: string };
  return { kind: 'tarsProxy', id: method.split('.', 1)[0] ?? method };
};

export const USES: Readonly<Record<MachineName, Readonly<Record<string, readonly Use[]>>>> = {
  server: { broadcast: [broker, publisher], refuseBroadcast: [publisher] },
  connection: {
    identify: [library],
    askElsewhere: [store],
    refresh: [library],
    refreshRoom: [library],
    askRenewal: [library],
    askSeatRenewal: [library],
    ping: [socket],
    tell: [socket],
    callServer: [handler],
    takeMessage: [handler],
    takeOver: [broker],
    askPresence: [broker],
    askPresenceStats: [broker],
    askHistory: [broker],
    close: [socket],
    closeRefused: [socket],
    tellPutOut: [socketOfMember],
  },
  membership: { letIn: [socket], letOut: [socket] },
  moderation: { settle: [socketOfPublisher] },
  room: {
    publish: [broker, publisher],
    refuseUnruled: [publisher],
    refuseThrottled: [publisher],
    refuseMuted: [publisher],
    refuseMessage: [publisher],
    delegate: [proxy],
  },
  question: {},
  backend: {},
  tarsProxy: {
    dispatch: [servant],
    dispatchWaiting: [servantOfWaiting],
    dispatchTry: [servantOfWaiting],
    tryElsewhere: [servant],
    closeLink: [servant],
  },
  delivery: { takeUp: [store], confirm: [store], giveUp: [store] },
  redisLink: { use: [broker], sendProbe: [broker], close: [broker] },
};

/** How the actions of a connection are called that speak to its client. */
const TO_CLIENT = /^(?:reply|refuse|answer|push)[A-Z]/;

/** What an action uses. */
export function usesOf(kind: MachineName, action: string, scene: Scene): readonly Party[] {
  if (kind === 'connection' && TO_CLIENT.test(action)) return [SOCKET];
  return (USES[kind][action] ?? []).map((use) => use(scene)).filter((party) => party !== undefined);
}

/** What an invoked actor stands for, by the machine and the name of the invoked actor. */
export const INVOKED: Readonly<Record<MachineName, Readonly<Record<string, Outside>>>> = {
  server: {
    prepare: 'store',
    restore: 'store',
    bind: 'socket',
    emptyConnections: 'socket',
    closeRooms: 'store',
    release: 'store',
  },
  connection: {},
  membership: {
    verify: 'library',
    askBackend: 'library',
    authorize: 'handler',
    hearRoom: 'broker',
    beListed: 'broker',
    sayGoodbye: 'handler',
  },
  moderation: { moderate: 'handler' },
  room: { sync: 'store' },
  question: { pose: 'http' },
  backend: {},
  tarsProxy: { connect: 'servant' },
  delivery: { send: 'http' },
  redisLink: { open: 'broker' },
};
