/**
 * One room over the Centrifuge protocol, spoken by the published SDK, which reconnects and recovers by itself. This file
 * turns what the SDK tells into what the page shows. It draws nothing.
 */

import {
  Centrifuge,
  State,
  SubscriptionState,
  type PublicationContext,
  type SubscribedContext,
  type TransportEndpoint,
} from 'centrifuge';
import { writeSaid, type Said } from '../../chat/messages/said.ts';
import type { Closure } from '../../shared/wire.ts';
import type { CallArguments, CallOutcome } from '../calls/call-words.ts';
import type { Headcount } from '../people/roster.ts';
import { joinTypingRoom } from '../typing/typing-room.ts';
import type { Absence, Fate } from './absence.ts';
import { createCatchUp } from './catch-up.ts';
import { shortenName } from '../../chat/session/short-name.ts';
import type { RoomEvent } from './room-events.ts';
import { isAnswer, readSdkError } from './sdk-errors.ts';

/** How many messages of the past are shown after joining. */
const HISTORY_LIMIT = 100;
/** Codes of the SDK for what the user asked for. */
const ASKED = 0;

export interface RoomSessionOptions {
  /** The server's `ws://…` or `wss://…`, without a path. */
  readonly server: string;
  readonly room: string;
  /** Proves who the user is; without one the page is a guest. */
  readonly token: string | undefined;
  readonly listener: (event: RoomEvent) => void;
}

export interface RoomSession {
  /** Connects; while reconnecting, at once. */
  connect(): void;
  /** Closes and stays closed. */
  disconnect(): void;
  /** Joins the room now if the connection is open, and again at each reconnect. */
  join(): void;
  leave(): void;
  /** Sends a message; returns its id, or nothing while the page is not in the room. */
  say(said: Said): number | undefined;
  /** Tells the others that the user is writing; it may be called at each key. */
  tellTyping(name: string | undefined): void;
  /** Calls a function such as `hello.sayHello` through the room. The promise never rejects. */
  call(method: string, args: CallArguments): Promise<CallOutcome>;
  /** Who is in the room: all of them if there are at most `listed`, otherwise their numbers. The promise never rejects. */
  countHeads(listed: number): Promise<Headcount>;
  /** Whether this page has, or had, the connection with this id. */
  isOwn(client: string): boolean;
}

/** Makes a session; it connects when `connect` is called. */
export function createRoomSession({ server, room, token, listener }: RoomSessionOptions): RoomSession {
  const client = new Centrifuge(transportsOf(server), {
    name: 'statecast-chat',
    ...(token !== undefined && { token }),
  });
  const subscription = client.newSubscription(room, { joinLeave: true, recoverable: true, positioned: true });
  const typing = joinTypingRoom(client, room, (info, name) => {
    if (!ownClients.has(info.client)) listener({ type: 'typing', info, name });
  });
  const ownClients = new Set<string>();
  const catchUp = createCatchUp<PublicationContext>((publication, isOlder) => {
    const own = publication.info !== undefined && ownClients.has(publication.info.client);
    const arrival = isRecovering || (isOlder && wasHere) ? 'recovered' : isOlder ? 'earlier' : 'live';
    listener({ type: 'heard', publication, arrival, own });
  });
  let absence: Omit<Absence, 'to'> | undefined;
  /** The page has heard the room before. */
  let wasHere = false;
  /** The SDK is handing over what was missed, which it does in one turn. */
  let isRecovering = false;
  let isHurrying = false;
  let wasOpen = false;
  let epoch = '';
  let lastId = 0;

  client.on('connecting', ({ code, reason }) => {
    if (isHurrying) return;
    const closure = isFromServer(code) && { closure: { code, reason } satisfies Closure };
    listener({ type: 'connection.changed', connection: { name: 'connecting', again: wasOpen, ...closure } });
  });
  client.on('connected', ({ client: id }) => {
    wasOpen = true;
    ownClients.add(id);
    listener({ type: 'connection.changed', connection: { name: 'open' } });
  });
  client.on('disconnected', ({ code, reason }) => {
    if (isHurrying) return;
    wasOpen = false;
    if (absence !== undefined && code === ASKED) absence = { ...absence, cause: 'disconnected' };
    const closure = code !== ASKED && { closure: { code, reason } };
    listener({ type: 'connection.changed', connection: { name: 'closed', ...closure } });
  });
  client.on('message', ({ data }) => listener({ type: 'broadcast', data }));
  subscription.on('subscribing', () => {
    beAway('lost');
    listener({ type: 'membership.changed', membership: 'joining' });
  });
  subscription.on('unsubscribed', ({ code, reason }) => {
    beAway('left');
    const refusal = code !== ASKED && { refusal: describeRefusal(shortenName(room), code, reason) };
    listener({ type: 'membership.changed', membership: 'out', ...refusal });
  });
  subscription.on('subscribed', (context) => {
    listener({ type: 'membership.changed', membership: 'joined' });
    beHere(context);
  });
  subscription.on('publication', (publication) => catchUp.hear(publication));
  subscription.on('join', ({ info }) => listener({ type: 'joined', info }));
  subscription.on('leave', ({ info }) => listener({ type: 'left', info }));

  return {
    connect() {
      // While the SDK waits for its next attempt, only a new start connects at once.
      isHurrying = client.state === State.Connecting;
      if (isHurrying) client.disconnect();
      client.connect();
      isHurrying = false;
    },
    disconnect: () => client.disconnect(),
    join() {
      subscription.subscribe();
      typing.join();
    },
    leave() {
      subscription.unsubscribe();
      typing.leave();
    },
    say(said) {
      if (subscription.state !== SubscriptionState.Subscribed) return undefined;
      typing.rest();
      lastId += 1;
      const id = lastId;
      subscription.publish(writeSaid(said)).then(
        () => listener({ type: 'said', id }),
        (thrown: unknown) => {
          const error = readSdkError(thrown);
          if (isAnswer(error)) listener({ type: 'say.refused', id, reason: error.message });
          else listener({ type: 'say.unconfirmed', id });
        },
      );
      return id;
    },
    tellTyping: (name) => typing.tell(name),
    async call(method, args) {
      if (client.state !== State.Connected) return { type: 'unsent' };
      try {
        const { data: result } = await client.rpc(method, { room, args });
        return { type: 'result', result };
      } catch (thrown) {
        const error = readSdkError(thrown);
        return isAnswer(error) ? { type: 'failed', ...error } : { type: 'unanswered' };
      }
    },
    async countHeads(listed) {
      if (subscription.state !== SubscriptionState.Subscribed) return { type: 'unavailable' };
      try {
        const { numClients, numUsers } = await subscription.presenceStats();
        if (numClients > listed) return { type: 'many', connections: numClients, users: numUsers };
        const { clients } = await subscription.presence();
        return { type: 'all', clients: Object.values(clients) };
      } catch (thrown) {
        return { type: isAnswer(readSdkError(thrown)) ? 'hidden' : 'unavailable' };
      }
    },
    isOwn: (id) => ownClients.has(id),
  };

  function beAway(cause: Absence['cause']): void {
    if (wasHere) absence ??= { cause, from: new Date() };
  }

  function beHere(context: SubscribedContext): void {
    const nextEpoch = context.streamPosition?.epoch ?? '';
    const isOtherStream = nextEpoch !== epoch;
    epoch = nextEpoch;
    if (!context.recovered) {
      void readHistory(isOtherStream);
      return;
    }
    tellReturn(context.hasRecoveredPublications ? 'recovered' : 'none');
    // The SDK hands the missed publications over right after this event.
    isRecovering = true;
    queueMicrotask(() => {
      isRecovering = false;
    });
  }

  async function readHistory(isOtherStream: boolean): Promise<void> {
    catchUp.hold();
    let older: readonly PublicationContext[] = [];
    let hasHistory = true;
    try {
      const page = await subscription.history({ limit: HISTORY_LIMIT, reverse: true });
      older = page.publications.toReversed();
    } catch {
      // Rooms without a history answer with an error; a lost connection is told by other events.
      hasHistory = false;
    }
    catchUp.release(older, isOtherStream, () => tellReturn(hasHistory ? 'partial' : 'unknown'));
    wasHere = true;
  }

  function tellReturn(fate: Fate): void {
    if (absence === undefined) return;
    const told = { ...absence, to: new Date() };
    absence = undefined;
    listener({ type: 'returned', absence: told, fate });
  }
}

/** In the order in which they are tried: a proxy may not let WebSockets through. */
function transportsOf(server: string): TransportEndpoint[] {
  const http = server.replace(/^ws/, 'http');
  return [
    { transport: 'websocket', endpoint: `${server}/connection/websocket` },
    { transport: 'http_stream', endpoint: `${http}/connection/http_stream` },
    { transport: 'sse', endpoint: `${http}/connection/sse` },
  ];
}

/** From here on codes are the server's; those below are the SDK's. */
const FIRST_CLOSE_CODE = 3_000;

function isFromServer(code: number): boolean {
  return code >= FIRST_CLOSE_CODE;
}

/** Why the server does not let the page into the room, or put it out. */
function describeRefusal(room: string, code: number, reason: string): string {
  const why = reason === '' ? `code ${code}` : `${reason} (code ${code})`;
  return code < SERVER_UNSUBSCRIBED
    ? `The server does not let you into ${room}: ${why}.`
    : `The server took you out of ${room}: ${why}.`;
}

const SERVER_UNSUBSCRIBED = 2_000;
