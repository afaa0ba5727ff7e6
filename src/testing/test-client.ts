/** A client of a server under test: what it can do, and what a test expects it to receive. */

import type {
  Command,
  HistoryRequest,
  JoinAnswer,
  JoinRequest,
  Json,
  Publication,
  RoomMember,
  StreamPosition,
} from '../protocol/command.ts';
import { findNonJson } from '../protocol/json/non-json.ts';
import type { MessageOf, MessageTo } from '../server/schema/room-types.ts';
import { CommandRefusedError, ExpectationError } from './failures.ts';
import {
  isExpected,
  wanted,
  type Expectation,
  type Mailbox,
  type Received,
  type ReceivedMessage,
  type Surroundings,
} from './mailbox.ts';
import type { TestConnection } from './test-connection.ts';

/** What is expected of a value: an equal one, or one that a function accepts. */
export type Expected<Value, Whole = unknown> = Value | ((value: Value, received: Whole) => boolean);

type ReceivedOf<Type extends Received['type']> = Extract<Received, { type: Type }>;

export interface TestClientInput {
  readonly id: string;
  readonly user: string | undefined;
  readonly answer: Json | undefined;
  readonly connection: TestConnection;
  readonly mailbox: Mailbox;
  readonly surroundings: Surroundings;
}

/**
 * A client. Commands reject with a {@link CommandRefusedError} when the server refuses them. An expectation takes what it
 * finds: the next one finds only what came besides.
 */
export class TestClient<Rooms = Readonly<Record<string, unknown>>> {
  /** The id of the connection. */
  readonly id: string;
  readonly user: string | undefined;
  /** What `authenticate` has answered to the client itself. */
  readonly answer: Json | undefined;
  readonly #connection: TestConnection;
  readonly #mailbox: Mailbox;
  readonly #surroundings: Surroundings;

  constructor({ id, user, answer, connection, mailbox, surroundings }: TestClientInput) {
    this.id = id;
    this.user = user;
    this.answer = answer;
    this.#connection = connection;
    this.#mailbox = mailbox;
    this.#surroundings = surroundings;
  }

  /** Everything that the client has received without a command, in order. */
  get received(): readonly Received[] {
    return this.#mailbox.received;
  }

  /** Joins a room. With `since`, what was published after that position is received first. */
  join(room: string, request: Omit<JoinRequest, 'delta'> = {}): Promise<JoinAnswer> {
    requireJson('the data of a join', request.data ?? null);
    return this.#connection.ask(
      `the join of ${room}`,
      { type: 'room.join', room, request },
      ['joined'],
      ({ answer = {} }) => answer,
    );
  }

  leave(room: string): Promise<void> {
    return this.#connection.ask(
      `the leave of ${room}`,
      { type: 'room.leave', room },
      ['left', 'notMember'],
      () => undefined,
    );
  }

  /** Says something in a room. Returns what a handler has answered to the sender alone, if it has. */
  say<Name extends string>(room: Name, message: MessageTo<Rooms, Name>): Promise<Json | undefined> {
    const data = requireJson('a message', message);
    return this.#connection.ask(
      `the message in ${room}`,
      { type: 'room.publish', room, data },
      ['published', 'answered'],
      (reply) => (reply.type === 'answered' ? reply.data : undefined),
    );
  }

  /** Says something to all clients. Returns what `onBroadcast` has answered to the sender alone, if it has. */
  broadcast(message: Json): Promise<Json | undefined> {
    const data = requireJson('a message', message);
    return this.#connection.ask(
      'the broadcast',
      { type: 'server.broadcast', data },
      ['broadcasted', 'published', 'answered'],
      (reply) => (reply.type === 'answered' ? reply.data : undefined),
    );
  }

  /** Calls a function of the server itself (`onCall` of the server). */
  call(method: string, data: Json = null): Promise<Json> {
    return this.#call({ type: 'server.call', method, data: requireJson('the data of a call', data) });
  }

  /** Calls a function through a room (`rpc` and `onCall` of the room). Digits that JavaScript cannot hold are lost. */
  callIn(room: string, method: string, args: Json = {}): Promise<Json> {
    return this.#call({ type: 'room.call', room, method, args: requireJson('the arguments', args) });
  }

  #call(command: Command & { readonly method: string }): Promise<Json> {
    const what = `the call of ${command.method}`;
    return this.#connection.ask(what, command, ['called'], ({ outcome }, asked) => {
      if (outcome.type === 'result') return outcome.result as Json;
      throw new CommandRefusedError(asked, outcome);
    });
  }

  /** Sends a message to the server itself (`onSend`). It has no answer. */
  send(data: Json): void {
    this.#connection.send({ type: 'server.message', data: requireJson('a message', data) });
  }

  /** Who is in a room, by connection. */
  presence(room: string): Promise<readonly RoomMember[]> {
    return this.#connection.ask(
      `the question who is in ${room}`,
      { type: 'room.presence', room },
      ['presence'],
      ({ members }) => members,
    );
  }

  /** What a room keeps. Default: all of it, the oldest first. */
  history(
    room: string,
    query: Partial<HistoryRequest> = {},
  ): Promise<StreamPosition & { readonly publications: readonly Publication[] }> {
    return this.#connection.ask(
      `the question for the history of ${room}`,
      { type: 'room.history', room, query: { limit: -1, reverse: false, ...query } },
      ['history'],
      ({ publications, offset, epoch }) => ({ publications, offset, epoch }),
    );
  }

  /** Sends a new token for the connection. Returns after how many seconds the next one is due. */
  refresh(token: string): Promise<number | undefined> {
    return this.#connection.ask(
      'the new token',
      { type: 'connection.refresh', token },
      ['refreshed'],
      ({ ttlSeconds }) => ttlSeconds,
    );
  }

  /** Closes the connection, as a client that goes. */
  async disconnect(): Promise<void> {
    this.#connection.close();
    await this.#quiet();
  }

  /** Breaks the connection, without a close frame. */
  async drop(): Promise<void> {
    this.#connection.drop();
    await this.#quiet();
  }

  /** Takes a message of a room: the first that is equal to `expected`, or that the function accepts. Default: any. */
  async expectMessage<Name extends string>(
    room: Name,
    expected?: Expected<MessageOf<Rooms, Name>, ReceivedMessage<MessageOf<Rooms, Name>>>,
  ): Promise<ReceivedMessage<MessageOf<Rooms, Name>>> {
    const message = await this.#mailbox.expect(this.#message(room, expected));
    return message as unknown as ReceivedMessage<MessageOf<Rooms, Name>>;
  }

  /** Fails if a message of the room has come that no expectation has taken, once all work of the server is done. */
  refuteMessage<Name extends string>(
    room: Name,
    unwanted?: Expected<MessageOf<Rooms, Name>, ReceivedMessage<MessageOf<Rooms, Name>>>,
  ): Promise<void> {
    return this.#mailbox.refute(this.#message(room, unwanted));
  }

  /** Takes a broadcast. */
  expectBroadcast(expected?: Expected<Json, ReceivedOf<'broadcast'>>): Promise<ReceivedOf<'broadcast'>> {
    return this.#mailbox.expect(withData('broadcast', 'a broadcast', expected));
  }

  refuteBroadcast(unwanted?: Expected<Json, ReceivedOf<'broadcast'>>): Promise<void> {
    return this.#mailbox.refute(withData('broadcast', 'a broadcast', unwanted));
  }

  /** Takes a message of the server to this client alone (`server.send`). */
  expectDirect(expected?: Expected<Json, ReceivedOf<'direct'>>): Promise<ReceivedOf<'direct'>> {
    return this.#mailbox.expect(withData('direct', 'a direct message', expected));
  }

  refuteDirect(unwanted?: Expected<Json, ReceivedOf<'direct'>>): Promise<void> {
    return this.#mailbox.refute(withData('direct', 'a direct message', unwanted));
  }

  /** The server joins the client to a room: `rooms` of `authenticate`, or a room in which its user was away. */
  expectJoined(room: string): Promise<ReceivedOf<'joined'>> {
    return this.#mailbox.expect({
      what: `to be joined to ${room}`,
      matches: (received) => received.type === 'joined' && received.room === room,
    });
  }

  /** The server ends the membership in a room. */
  expectLeft(room: string, reason?: Expected<string>): Promise<ReceivedOf<'left'>> {
    return this.#mailbox.expect({
      what: `to be put out of ${room}`,
      matches: (received) =>
        received.type === 'left' && received.room === room && isExpected(received.reason, received, reason),
    });
  }

  /** The room tells of a member that came (`joinLeave`). */
  expectArrival(room: string, user?: string): Promise<ReceivedOf<'arrival'>> {
    return this.#mailbox.expect({
      what: `the arrival of ${user ?? 'a member'} in ${room}`,
      matches: (received) =>
        received.type === 'arrival' && received.room === room && isOfUser(received.member, user),
    });
  }

  /** The room tells of a member that went (`joinLeave`). */
  expectDeparture(room: string, user?: string): Promise<ReceivedOf<'departure'>> {
    return this.#mailbox.expect({
      what: `the departure of ${user ?? 'a member'} in ${room}`,
      matches: (received) =>
        received.type === 'departure' && received.room === room && isOfUser(received.member, user),
    });
  }

  /** The connection is closed. */
  async expectClosed(code?: number): Promise<{ readonly code: number; readonly reason: string }> {
    const what = code === undefined ? 'a close' : `a close with ${code}`;
    const closed = await this.#mailbox.expect<ReceivedOf<'closed'>>({
      what,
      matches: (received) => received.type === 'closed',
      expected: code,
    });
    if (code !== undefined && closed.code !== code) {
      const message = `expected ${what}, but it was closed with ${closed.code}: ${closed.reason}`;
      throw new ExpectationError(message, closed.code, code);
    }
    return { code: closed.code, reason: closed.reason };
  }

  #message(room: string, expected: unknown): Expectation<ReceivedMessage> {
    return {
      what: `a message in ${room}${wanted(expected)}`,
      matches: (received) =>
        received.type === 'message' &&
        received.room === room &&
        isExpected(received.data, received, expected),
      values: (received) =>
        received.type === 'message' && received.room === room ? received.data : undefined,
      expected: typeof expected === 'function' ? undefined : expected,
    };
  }

  #quiet(): Promise<void> {
    return this.#surroundings.work.quiet();
  }
}

function withData<Type extends 'broadcast' | 'direct'>(
  type: Type,
  what: string,
  expected: unknown,
): Expectation<ReceivedOf<Type>> {
  return {
    what: `${what}${wanted(expected)}`,
    matches: (received) =>
      received.type === type && 'data' in received && isExpected(received.data, received, expected),
    values: (received) => (received.type === type && 'data' in received ? received.data : undefined),
    expected: typeof expected === 'function' ? undefined : expected,
  };
}

function isOfUser(member: RoomMember, user: string | undefined): boolean {
  return user === undefined || member.user === user;
}

/** @throws {TypeError} for what no client could send. */
function requireJson(what: string, value: unknown): Json {
  const nonJson = findNonJson(value);
  if (nonJson === undefined) return value as Json;
  throw new TypeError(`${what} is sent as JSON, and this is ${nonJson}`);
}
