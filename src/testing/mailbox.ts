/** What a test client has received, and what a test expects of it. */

import { isDeepStrictEqual } from 'node:util';
import type { Json, MemberInfo, Publication, RoomMember } from '../protocol/command.ts';
import { ExpectationError, show } from './failures.ts';
import type { Work } from './work.ts';

/** A message of a room. */
export interface ReceivedMessage<Message = Json> {
  readonly type: 'message';
  readonly room: string;
  readonly data: Message;
  /** Absent: the server itself has published it. */
  readonly from?: RoomMember;
  /** Its place in the stream of the room. */
  readonly offset: number;
}

/** What a client gets without a command. */
export type Received =
  | ReceivedMessage
  /** To all clients. */
  | { readonly type: 'broadcast'; readonly data: Json; readonly from?: MemberInfo }
  /** From the server to this client alone. */
  | { readonly type: 'direct'; readonly data: Json }
  /** The server has joined the client to a room. */
  | { readonly type: 'joined'; readonly room: string }
  /** The server has ended the membership, or could not join the client. */
  | { readonly type: 'left'; readonly room: string; readonly reason: string }
  /** Another member, or this one, has come or gone (`joinLeave`). */
  | { readonly type: 'arrival'; readonly room: string; readonly member: RoomMember }
  | { readonly type: 'departure'; readonly room: string; readonly member: RoomMember }
  | { readonly type: 'closed'; readonly code: number; readonly reason: string };

/** What is waited for. */
export interface Expectation<Wanted extends Received> {
  /** For the compiler only. */
  readonly wanted?: Wanted;
  /** As in "ann expected a message in chat:1". */
  readonly what: string;
  /** Only for what is `Wanted`. */
  readonly matches: (received: Received) => boolean;
  /** For test frameworks that show a difference: the values, and what was wanted. */
  readonly values?: (received: Received) => unknown;
  readonly expected?: unknown;
}

/** What the mailbox knows of the server under test. */
export interface Surroundings {
  readonly work: Work;
  /** How long the test waits in real milliseconds for what is under way outside of the server. */
  readonly patienceMs: number;
}

export class Mailbox {
  readonly #name: string;
  readonly #surroundings: Surroundings;
  readonly #received: { readonly item: Received; isTaken: boolean }[] = [];

  constructor(name: string, surroundings: Surroundings) {
    this.#name = name;
    this.#surroundings = surroundings;
  }

  /** Everything, in order. */
  get received(): readonly Received[] {
    return this.#received.map(({ item }) => item);
  }

  add(item: Received): void {
    this.#received.push({ item, isTaken: false });
  }

  /** Takes the first one that matches and was not taken before; waits for it as long as something may still happen. */
  async expect<Wanted extends Received>(expectation: Expectation<Wanted>): Promise<Wanted> {
    const { work, patienceMs } = this.#surroundings;
    let taken = this.#take(expectation);
    while (taken === undefined && (await work.happens(patienceMs))) taken = this.#take(expectation);
    if (taken !== undefined) return taken;
    const { what, values, expected } = expectation;
    const actual = values && this.received.map(values).filter((value) => value !== undefined);
    throw new ExpectationError(
      `${this.#name} expected ${what}, and got none.${this.#tell()}`,
      actual,
      expected,
    );
  }

  /** Fails if something that matches was received and not taken, once all work of the server is done. */
  async refute<Wanted extends Received>({ what, matches }: Expectation<Wanted>): Promise<void> {
    const { work, patienceMs } = this.#surroundings;
    const isDone = await work.done(patienceMs);
    const found = this.#received.find(({ item, isTaken }) => !isTaken && matches(item));
    if (found !== undefined) {
      throw new ExpectationError(
        `${this.#name} expected not to get ${what}, and got ${describe(found.item)}.${this.#tell()}`,
      );
    }
    if (isDone) return;
    throw new ExpectationError(
      `whether ${this.#name} gets ${what} cannot be told: still under way is ${work.names.join(', ')}. Let it end, or let its deadline pass by clock.advance`,
    );
  }

  #take<Wanted extends Received>({ matches }: Expectation<Wanted>): Wanted | undefined {
    for (const entry of this.#received) {
      const { item } = entry;
      if (entry.isTaken || !matches(item)) continue;
      entry.isTaken = true;
      return item as Wanted;
    }
    return undefined;
  }

  #tell(): string {
    const lines = this.#received.map(
      ({ item, isTaken }) => `\n  ${describe(item)}${isTaken ? ' (expected before)' : ''}`,
    );
    const received = lines.length === 0 ? ' It has received nothing.' : `\nIt has received:${lines.join('')}`;
    const { names } = this.#surroundings.work;
    return names.length === 0 ? received : `${received}\nStill under way: ${names.join(', ')}`;
  }
}

/** A publication as a client gets it. */
export function toMessage({ room, data, from, offset }: Publication): ReceivedMessage {
  return { type: 'message', room, data, offset, ...(from !== undefined && { from }) };
}

/** Whether a value is what a test expects: equal to it, or accepted by its function. Undefined: any. */
export function isExpected(value: unknown, received: unknown, expected: unknown): boolean {
  if (expected === undefined) return true;
  if (typeof expected === 'function') return expected(value, received) === true;
  return isDeepStrictEqual(value, expected);
}

/** For messages of failures: " equal to …". */
export function wanted(expected: unknown): string {
  if (expected === undefined) return '';
  return typeof expected === 'function' ? ' that the test accepts' : ` equal to ${show(expected)}`;
}

function describe(item: Received): string {
  switch (item.type) {
    case 'message':
      return `a message in ${item.room}${sender(item.from)}: ${show(item.data)}`;
    case 'broadcast':
      return `a broadcast${sender(item.from)}: ${show(item.data)}`;
    case 'direct':
      return `a direct message: ${show(item.data)}`;
    case 'joined':
      return `the server joined it to ${item.room}`;
    case 'left':
      return `it is no longer in ${item.room}: ${item.reason}`;
    case 'arrival':
    case 'departure':
      return `the ${item.type} of ${item.member.user ?? item.member.id} in ${item.room}`;
    case 'closed':
      return `its connection was closed with ${item.code}: ${item.reason}`;
  }
}

function sender(from: MemberInfo | undefined): string {
  return from === undefined ? ' from the server' : ` from ${from.user ?? from.id}`;
}
