/** The connection of a test client: sends commands, matches replies with them, and puts all else into a mailbox. */

import type { Command, Reply } from '../protocol/command.ts';
import type { InMemoryClient } from '../transport/in-memory-socket.ts';
import { CommandRefusedError, withCode, type CodeErrors } from './failures.ts';
import { toMessage, type Mailbox } from './mailbox.ts';
import { decodeFrame, encodeCommand, type TestFrame } from './test-codec.ts';
import type { Work } from './work.ts';

type ReplyOf<Type extends Reply['type']> = Extract<Reply, { type: Type }>;

interface Pending {
  readonly what: string;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

export interface TestConnectionInput {
  readonly name: string;
  readonly socket: InMemoryClient;
  readonly mailbox: Mailbox;
  readonly work: Work;
  readonly errors: CodeErrors;
}

export class TestConnection {
  readonly #input: TestConnectionInput;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;
  #end: { readonly code: number; readonly message: string } | undefined;

  constructor(input: TestConnectionInput) {
    this.#input = input;
    void this.#read();
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /**
   * Sends a command, and resolves to what `read` makes of its reply, which has one of these types.
   * @throws {CommandRefusedError} (as a rejection) for a refusal, and when the connection is closed.
   */
  ask<Type extends Reply['type'], Value>(
    what: string,
    command: Command,
    types: readonly Type[],
    read: (reply: ReplyOf<Type>, asked: string) => Value,
  ): Promise<Value> {
    const { name, work } = this.#input;
    const asked = `${what} of ${name}`;
    const answer = work.track(asked, async () => read(await this.#ask(asked, command, types), asked));
    // A test may look at it later than it comes.
    answer.catch(() => undefined);
    return answer;
  }

  async #ask<Type extends Reply['type']>(
    what: string,
    command: Command,
    types: readonly Type[],
  ): Promise<ReplyOf<Type>> {
    if (this.#end !== undefined) throw new CommandRefusedError(what, this.#end);
    this.#lastId += 1;
    const id = this.#lastId;
    const replied = new Promise<Reply>((resolve, reject) => {
      this.#pending.set(id, { what, resolve, reject });
    });
    this.#input.socket.send(encodeCommand({ ...command, id }));
    const reply = await replied;
    if (isOneOf(reply, types)) return reply;
    throw this.#toError(what, reply);
  }

  /** Sends a command that has no answer. */
  send(command: Command): void {
    this.#input.socket.send(encodeCommand(command));
  }

  close(): void {
    this.#input.socket.close(NORMAL);
  }

  drop(): void {
    this.#input.socket.terminate();
  }

  #toError(what: string, reply: Reply): Error {
    if (reply.type === 'refused') {
      const { refusal } = reply;
      const cause = refusal.error === 'internal' ? this.#input.errors.take() : undefined;
      return new CommandRefusedError(what, withCode(refusal), cause);
    }
    if (reply.type === 'alreadyMember') {
      return new CommandRefusedError(
        what,
        withCode({ error: 'alreadyJoined', message: 'already subscribed' }),
      );
    }
    if (reply.type === 'unknown') {
      return new CommandRefusedError(what, withCode({ error: 'notAvailable', message: 'not available' }));
    }
    return new Error(`${what} was answered with ${reply.type}`);
  }

  /** The mailbox is told of frames in the turn in which they come. */
  async #read(): Promise<void> {
    const { socket, work } = this.#input;
    try {
      for (;;) {
        this.#receive(decodeFrame(await socket.nextFrame()));
        work.note();
      }
    } catch {
      // The socket has ended.
      const { code, reason } = await socket.closed;
      this.#ended(code, reason);
      work.note();
    }
  }

  #receive(frame: TestFrame): void {
    const { mailbox } = this.#input;
    if ('reply' in frame) this.#answered(frame.reply);
    else if ('publication' in frame) mailbox.add(toMessage(frame.publication));
    else if ('broadcast' in frame) mailbox.add({ type: 'broadcast', ...frame.broadcast });
    else if ('change' in frame) {
      const { type, room, member } = frame.change;
      mailbox.add({ type: type === 'join' ? 'arrival' : 'departure', room, member });
    } else if (frame.push.type === 'message') mailbox.add({ type: 'direct', data: frame.push.data });
    else if (frame.push.type === 'joined') mailbox.add({ type: 'joined', room: frame.push.room });
    else if (frame.push.type === 'left') {
      mailbox.add({ type: 'left', room: frame.push.room, reason: frame.push.refusal.message });
    }
  }

  #answered(reply: Reply): void {
    const { id = 0 } = reply;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    // What was missed comes before what is published from now on.
    if (reply.type === 'joined') {
      for (const missed of reply.answer?.stream?.publications ?? [])
        this.#input.mailbox.add(toMessage(missed));
    }
    if (reply.type === 'connected') {
      for (const room of Object.keys(reply.rooms ?? {})) this.#input.mailbox.add({ type: 'joined', room });
    }
    pending?.resolve(reply);
  }

  #ended(code: number, reason: string): void {
    this.#end = {
      code,
      message: `the connection was closed: ${reason === '' ? 'without a reason' : reason}`,
    };
    this.#input.mailbox.add({ type: 'closed', code, reason });
    for (const { what, reject } of this.#pending.values()) reject(new CommandRefusedError(what, this.#end));
    this.#pending.clear();
  }
}

/** The close code of a client that wants to go. */
const NORMAL = 1000;

function isOneOf<Type extends Reply['type']>(reply: Reply, types: readonly Type[]): reply is ReplyOf<Type> {
  return (types as readonly string[]).includes(reply.type);
}
