/**
 * Between sockets and connection actors: accepts handshakes, has the codec turn frames into commands, and replies and
 * pushes into frames. What a command does is the actor's.
 */

import { randomUUID } from 'node:crypto';
import type { CommandQueue } from '../actors/connection/command-queue.ts';
import type { ConnectionEvent, ConnectionLimits } from '../actors/connection/connection-setup.ts';
import type { ConnectionRef } from '../actors/connection/connection.ts';
import type { Directory } from '../actors/directory.ts';
import { send } from '../actors/runtime/send.ts';
import type { ConnectionPort, RoomsPort } from '../actors/room/ports.ts';
import type { EventSink } from '../events/server-events.ts';
import { CLOSE_CODES, fitReason, type CloseName } from '../protocol/close-codes.ts';
import { isViolation, type Codec } from '../protocol/codec.ts';
import type { MemberInfo, Push, Reply } from '../protocol/command.ts';
import type { Frame } from '../protocol/text.ts';
import { isCodec, type CodecChoice } from './choose-codec.ts';
import { everybodyTopic, roomTopic } from './fanout.ts';
import { jsonError } from './common/responses.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { SocketEndpoint, SocketSession } from './socket-session.ts';
import type { RequestHead, Socket, UpgradeOutcome } from './common/transport.ts';

/** Longest name that the line protocol's handshake may claim, in characters. */
const MAX_USER_LENGTH = 128;

export interface EndpointOptions {
  readonly directory: Directory;
  readonly rooms: RoomsPort;
  readonly events: EventSink;
  readonly limits: ConnectionLimits;
  /** Which codec a socket speaks. */
  readonly chooseCodec: CodecChoice;
  readonly allowsOrigin: OriginPolicy;
  /** Whether `?user=NAME` of a handshake is believed. */
  readonly userParameter: boolean;
  readonly isDraining: () => boolean;
  /** Whether there are as many connections as the server takes. It is asked once for each handshake. */
  readonly isFull: () => boolean;
}

/** One client's socket: the port of its connection actor, and the only holder of its raw socket. */
class ClientSession implements SocketSession, ConnectionPort {
  readonly #options: EndpointOptions;
  readonly #codec: Codec;
  readonly #member: MemberInfo;
  readonly #remoteAddress: string;
  #socket: Socket | undefined;
  #actor: ConnectionRef | undefined;
  #queue: CommandQueue | undefined;

  constructor(options: EndpointOptions, codec: Codec, member: MemberInfo, remoteAddress: string) {
    this.#options = options;
    this.#codec = codec;
    this.#member = member;
    this.#remoteAddress = remoteAddress;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    socket.subscribe(everybodyTopic(this.#codec));
    const { directory, rooms, limits, events } = this.#options;
    this.#actor = directory.openConnection({
      member: this.#member,
      remoteAddress: this.#remoteAddress,
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

/** Takes the sockets of clients, on the paths of the codecs. */
export function createEndpoint(options: EndpointOptions): SocketEndpoint {
  const { chooseCodec, allowsOrigin, isDraining, isFull } = options;

  function upgrade(request: RequestHead): UpgradeOutcome<SocketSession> | undefined {
    const codec = chooseCodec(request);
    if (codec === undefined) return undefined;
    if (!isCodec(codec)) return { accept: false, response: codec };
    if (isDraining()) return refuse(503, 'the server is shutting down');
    if (!allowsOrigin(request)) {
      return refuse(
        403,
        `pages from ${request.header('origin')} may not connect: list the origin in allowedOrigins`,
      );
    }
    if (isFull()) return refuse(503, 'the server has as many connections as it takes, try again later');
    const user = options.userParameter ? readUser(request.query) : undefined;
    if (user !== undefined && user.length > MAX_USER_LENGTH) {
      return refuse(400, `the user's name is longer than ${MAX_USER_LENGTH} characters`);
    }
    const member = { id: newConnectionId(), ...(user !== undefined && { user }) };
    const session = new ClientSession(options, codec, member, request.remoteAddress);
    return { accept: true, session, subprotocol: chooseSubprotocol(codec, request) };
  }

  return { upgrade };
}

/** Node.js puts a UUID together of 14 pieces, which it keeps as long as the text is; this is the text in one piece. */
function newConnectionId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}

/** The first sub-protocol that the client offers and the codec speaks. One that is not spoken is not accepted. */
function chooseSubprotocol({ subprotocols }: Codec, request: RequestHead): string | undefined {
  const offered = request
    .header('sec-websocket-protocol')
    ?.split(',')
    .map((name) => name.trim());
  return offered?.find((name) => subprotocols.includes(name));
}

function readUser(query: string): string | undefined {
  return new URLSearchParams(query).get('user') || undefined;
}

function refuse(status: number, message: string): UpgradeOutcome<SocketSession> {
  return { accept: false, response: jsonError(status, message) };
}
