/**
 * Between the socket of one client and its connection actor: has the codec turn frames into commands, and replies and
 * pushes into frames. What a command does is the actor's.
 */

import type { CommandQueue } from '../actors/connection/command-queue.ts';
import type {
  ConnectionEvent,
  ConnectionSurroundings,
  NewConnection,
} from '../actors/connection/connection-events.ts';
import type { ConnectionRef } from '../actors/connection/connection.ts';
import type { Directory } from '../actors/directory.ts';
import type { ConnectionPort, CustomClose } from '../actors/room/ports.ts';
import { send } from '../actors/runtime/send.ts';
import { CLOSE_CODES, fitReason, type CloseName } from '../protocol/close-codes.ts';
import { isViolation, type Codec } from '../protocol/codec.ts';
import type { Publication, Push, Reply } from '../protocol/command.ts';
import type { Frame } from '../protocol/text.ts';
import type { Socket } from './common/transport.ts';
import type { DeltaRooms } from './delta-rooms.ts';
import { RoomNames, type Audiences } from './audiences.ts';
import { everybodyTopic, roomTopic } from './fanout.ts';
import type { SocketSession } from './socket-session.ts';

/** What every session is given. */
export interface SessionParts {
  readonly directory: Directory;
  readonly surroundings: ConnectionSurroundings;
  readonly deltas: DeltaRooms;
  readonly audiences: Audiences;
}

/** What is known of a client before its socket opens. */
export interface NewClient extends NewConnection {
  readonly protocol: Codec;
}

/** One client's socket: the port of its connection actor, and the only holder of its raw socket. */
export class ClientSession implements SocketSession, ConnectionPort {
  readonly #options: SessionParts;
  readonly #codec: Codec;
  /** What its actor is made of; not kept when it is made. */
  #client: NewClient | undefined;
  #socket: Socket | undefined;
  /** The rooms in whose audience it is counted. */
  readonly #counted = new RoomNames();
  #actor: ConnectionRef | undefined;
  #queue: CommandQueue | undefined;
  /** A command is being taken that is alone in its frame: its answer need not wait for others. */
  #isAlone = false;

  constructor(options: SessionParts, client: NewClient) {
    this.#options = options;
    this.#codec = client.protocol;
    this.#client = client;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    socket.subscribe(everybodyTopic(this.#codec));
    const { directory, surroundings } = this.#options;
    const client = this.#client;
    if (client === undefined) throw new Error('a session is opened once');
    this.#client = undefined;
    this.#actor = directory.openConnection(client, this, surroundings);
    this.#queue = this.#actor.getSnapshot().context.queue;
  }

  received(frame: string | Uint8Array): void {
    const decoded = this.#codec.decode(frame);
    if (isViolation(decoded)) {
      this.#tell({ type: 'protocol.violated', close: decoded.violation });
      return;
    }
    this.#isAlone = decoded.length === 1;
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < decoded.length; index += 1) this.#queue?.take(decoded[index]!);
    this.#isAlone = false;
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
    for (const room of this.#counted.clear()) this.#options.audiences.remove(this.#codec, room);
  }

  reply(reply: Reply): void {
    // A servant answers many calls at once.
    this.#sendAll(this.#codec.encodeReply(reply), reply.type === 'called');
  }

  push(push: Push): void {
    this.#sendAll(this.#codec.encodePush(push), false);
  }

  subscribe(room: string, delta?: { readonly base: Publication | undefined }): void {
    const socket = this.#socket;
    if (socket?.isOpen !== true) return;
    const { deltas, audiences } = this.#options;
    if (this.#counted.add(room)) audiences.add(this.#codec, room);
    deltas.remove(this.#codec, room, socket);
    if (delta === undefined) {
      socket.subscribe(roomTopic(this.#codec, room));
    } else {
      socket.unsubscribe(roomTopic(this.#codec, room));
      deltas.add(this.#codec, room, socket, delta.base);
    }
  }

  unsubscribe(room: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const { deltas, audiences } = this.#options;
    if (this.#counted.delete(room)) audiences.remove(this.#codec, room);
    socket.unsubscribe(roomTopic(this.#codec, room));
    deltas.remove(this.#codec, room, socket);
  }

  close(close: CloseName | CustomClose, reason?: string): void {
    const { code, reason: usual } = typeof close === 'string' ? CLOSE_CODES[close] : close;
    this.#socket?.close(code, fitReason(reason ?? usual));
  }

  /** @param soon More of the kind may follow in this turn: they leave together. */
  #sendAll(frames: readonly Frame[], soon: boolean): void {
    const { joinFrames } = this.#codec;
    const waits = soon || (joinFrames !== undefined && !(this.#isAlone && frames.length === 1));
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < frames.length; index += 1) {
      if (waits) this.#socket?.sendSoon(frames[index]!, joinFrames);
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
