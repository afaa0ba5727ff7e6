/**
 * Between sockets and connection actors: lets handshakes in, turns frames into commands and replies
 * into frames. What a command means is the actor's.
 */

import { randomUUID } from 'node:crypto';
import type { ConnectionInput, ConnectionLimits } from '../actors/connection-setup.ts';
import type { ConnectionRef } from '../actors/connection.ts';
import type { Directory } from '../actors/directory.ts';
import type { ConnectionPort, RoomsPort } from '../actors/ports.ts';
import type { EdgeEmitter, MemberInfo } from '../edge/edge-events.ts';
import { CLOSE_CODES, type CloseName } from '../protocol/close-codes.ts';
import type { Codec } from '../protocol/codec.ts';
import type { Command, Reply } from '../protocol/command.ts';
import { createRefusal } from '../protocol/errors.ts';
import { everybodyTopic, roomTopic } from './fanout.ts';
import { jsonError } from './http/responses.ts';
import type { OriginPolicy } from './origin-policy.ts';
import type { RequestHead, Socket, TransportHandlers, UpgradeOutcome } from './transport.ts';

/** Longest name that the line protocol's handshake may claim, in characters. */
const MAX_USER_LENGTH = 128;

const NOT_TEXT: Command = {
  type: 'command.malformed',
  refusal: createRefusal('badRequest', 'a frame must be UTF-8 text'),
};

export interface EndpointOptions {
  readonly directory: Directory;
  readonly rooms: RoomsPort;
  readonly edge: EdgeEmitter;
  readonly limits: ConnectionLimits;
  /** The codec of each path on which sockets are taken. */
  readonly codecs: ReadonlyMap<string, Codec>;
  readonly allowsOrigin: OriginPolicy;
  /** Whether `?user=NAME` of a handshake is believed. */
  readonly userParameter: boolean;
  readonly isDraining: () => boolean;
}

/** One socket: the port of its connection actor, and the only holder of its raw socket. */
class Session implements ConnectionPort {
  readonly codec: Codec;
  readonly member: MemberInfo;
  readonly remoteAddress: string;
  socket: Socket | undefined;
  actor: ConnectionRef | undefined;

  constructor(codec: Codec, member: MemberInfo, remoteAddress: string) {
    this.codec = codec;
    this.member = member;
    this.remoteAddress = remoteAddress;
  }

  reply(reply: Reply): void {
    for (const frame of this.codec.encodeReply(reply)) {
      if (this.socket?.send(frame) === 'queued') this.actor?.send({ type: 'socket.congested' });
    }
  }

  subscribe(room: string): void {
    this.socket?.subscribe(roomTopic(this.codec, room));
  }

  unsubscribe(room: string): void {
    this.socket?.unsubscribe(roomTopic(this.codec, room));
  }

  close(close: CloseName): void {
    const { code, reason } = CLOSE_CODES[close];
    this.socket?.close(code, reason);
  }
}

export type Endpoint = Omit<TransportHandlers<Session>, 'request' | 'failed'>;

export function createEndpoint(options: EndpointOptions): Endpoint {
  const { directory, rooms, edge, limits, codecs, allowsOrigin, isDraining } = options;

  function upgrade(request: RequestHead): UpgradeOutcome<Session> {
    const codec = codecs.get(request.path);
    if (codec === undefined) return refuse(404, `no WebSocket is served at ${request.path}`);
    if (isDraining()) return refuse(503, 'the server is shutting down');
    if (!allowsOrigin(request)) {
      return refuse(
        403,
        `pages from ${request.header('origin')} may not connect: list the origin in allowedOrigins`,
      );
    }
    const user = options.userParameter ? readUser(request.query) : undefined;
    if (user !== undefined && user.length > MAX_USER_LENGTH) {
      return refuse(400, `the user's name is longer than ${MAX_USER_LENGTH} characters`);
    }
    const member = { id: randomUUID(), ...(user !== undefined && { user }) };
    return { accept: true, session: new Session(codec, member, request.remoteAddress) };
  }

  return {
    upgrade,

    open(session, socket) {
      session.socket = socket;
      socket.subscribe(everybodyTopic(session.codec));
      const { member, remoteAddress } = session;
      const input: ConnectionInput = { member, remoteAddress, port: session, rooms, limits, edge };
      session.actor = directory.openConnection(input);
    },

    message({ actor, codec }, frame) {
      actor?.send(frame === undefined ? NOT_TEXT : codec.decode(frame));
    },

    drain({ actor, socket }) {
      const isEmpty = socket === undefined || socket.bufferedBytes === 0;
      actor?.send({ type: isEmpty ? 'socket.drained' : 'socket.congested' });
    },

    overflow({ actor }) {
      actor?.send({ type: 'socket.overflowed' });
    },

    close({ actor }, code, reason) {
      actor?.send({ type: 'socket.closed', code, reason });
    },
  };
}

function readUser(query: string): string | undefined {
  return new URLSearchParams(query).get('user') || undefined;
}

function refuse(status: number, message: string): UpgradeOutcome<Session> {
  return { accept: false, response: jsonError(status, message) };
}
