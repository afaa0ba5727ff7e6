/**
 * Between the socket of one client and its connection actor: has the codec turn frames into commands, and replies and
 * pushes into frames. What a command does is the actor's.
 */

import type { CommandQueue } from '../actors/connection/command-queue.ts';
import type { ConnectionEvent, ConnectionLimits } from '../actors/connection/connection-setup.ts';
import type { ConnectionRef } from '../actors/connection/connection.ts';
import type { Directory } from '../actors/directory.ts';
import type { ConnectionPort, RoomsPort } from '../actors/room/ports.ts';
import { send } from '../actors/runtime/send.ts';
import type { EventSink } from '../events/server-events.ts';
import { CLOSE_CODES, fitReason, type CloseName } from '../protocol/close-codes.ts';
import { isViolation, type Codec } from '../protocol/codec.ts';
import type { Emulation, MemberInfo, Push, Reply } from '../protocol/command.ts';
import type { Frame } from '../protocol/text.ts';
import type { Socket } from './common/transport.ts';
import { everybodyTopic, roomTopic } from './fanout.ts';
import type { SocketSession } from './socket-session.ts';

/** What every session is given. */
export interface SessionParts {
  readonly directory: Directory;
  readonly rooms: RoomsPort;
  readonly events: EventSink;
  readonly limits: ConnectionLimits;
}

/** What is known of a client before its socket opens. */
export interface NewClient {
  readonly codec: Codec;
  readonly member: MemberInfo;
  readonly remoteAddress: string;
  /** Set if its commands come by requests of their own. */
  readonly emulation: Emulation | undefined;
}

/** One client's socket: the port of its connection actor, and the only holder of its raw socket. */
export class ClientSession implements SocketSession, ConnectionPort {
  readonly #options: SessionParts;
  readonly #codec: Codec;
  readonly #member: MemberInfo;
  readonly #remoteAddress: string;
  readonly #emulation: Emulation | undefined;
  #socket: Socket | undefined;
  #actor: ConnectionRef | undefined;
  #queue: CommandQueue | undefined;

  constructor(options: SessionParts, client: NewClient) {
    this.#options = options;
    this.#codec = client.codec;
    this.#member = client.member;
    this.#remoteAddress = client.remoteAddress;
    this.#emulation = client.emulation;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    socket.subscribe(everybodyTopic(this.#codec));
    const { directory, rooms, limits, events } = this.#options;
    this.#actor = directory.openConnection({
      member: this.#member,
      remoteAddress: this.#remoteAddress,
      emulation: this.#emulation,
      port: this,
      protocol: this.#codec,
      rooms,
      limits,
      events,
    });
    this.#queue = this.#actor.getSnapshot().context.queue;
  }

  received(frame: string | Uint8Array): void {
    const decoded = this.#codec.decode(frame);
    if (isViolation(decoded)) {
      this.#tell({ type: 'protocol.violated', close: decoded.violation });
      return;
    }
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < decoded.length; index += 1) this.#queue?.take(decoded[index]!);
  }

  drained(): void {
    const isEmpty = this.#socket === undefined || this.#socket.bufferedBytes === 0;
    this.#tell({ type: isEmpty ? 'socket.drained' : 'socket.congested' });
  }

  overflowed(): void {
    this.#tell({ type: 'socket.overflowed' });
  }

  closed(code: number, reason: string): void {
    this.#tell({ type: 'socket.closed', code, reason });
  }

  reply(reply: Reply): void {
    // A servant answers many calls at once.
    this.#sendAll(this.#codec.encodeReply(reply), reply.type === 'called');
  }

  push(push: Push): void {
    this.#sendAll(this.#codec.encodePush(push), false);
  }

  subscribe(room: string): void {
    this.#socket?.subscribe(roomTopic(this.#codec, room));
  }

  unsubscribe(room: string): void {
    this.#socket?.unsubscribe(roomTopic(this.#codec, room));
  }

  close(close: CloseName, reason: string = CLOSE_CODES[close].reason): void {
    this.#socket?.close(CLOSE_CODES[close].code, fitReason(reason));
  }

  /** @param soon More of the kind may follow in this turn: they leave together. */
  #sendAll(frames: readonly Frame[], soon: boolean): void {
    const { joinFrames } = this.#codec;
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < frames.length; index += 1) {
      if (soon || joinFrames !== undefined) this.#socket?.sendSoon(frames[index]!, joinFrames);
      else this.#send(frames[index]!);
    }
  }

  #tell(event: ConnectionEvent): void {
    if (this.#actor !== undefined) send(this.#actor, event, 'socket');
  }

  #send(frame: Frame): void {
    if (this.#socket?.send(frame) === 'queued') this.#tell({ type: 'socket.congested' });
  }
}
