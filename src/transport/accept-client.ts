/** Whether a client may connect, by whatever way it comes, and who it is. */

import { randomUUID } from 'node:crypto';
import type { Handshake } from '../actors/connection/authenticator.ts';
import type { ReachedLimit } from '../protocol/grounds.ts';
import type { Codec } from '../protocol/codec.ts';
import type { Emulation } from '../protocol/command.ts';
import { ClientSession, type SessionParts } from './client-session.ts';
import { jsonError, withHeaders } from './common/responses.ts';
import type { RequestHead, TransportResponse } from './common/transport.ts';
import { hasNoOrigin, type OriginPolicy } from './origin-policy.ts';
import type { SocketSession } from './socket-session.ts';

/** Longest name that a request may claim, in characters. */
const MAX_USER_LENGTH = 128;

export interface AcceptanceOptions extends SessionParts {
  /** Told of each codec that a client is about to speak. */
  readonly onAccepted: (codec: Codec) => void;
  readonly allowsOrigin: OriginPolicy;
  /** The protocols that pages opened from disk may speak. */
  readonly speaksFromDisk: (codec: Codec) => boolean;
  /** Whether `?user=NAME` of a request is believed. */
  readonly userParameter: boolean;
  readonly isDraining: () => boolean;
  /** The limit of connections, if there are as many as the server takes. It is asked once for each client. */
  readonly findFull: () => ReachedLimit | undefined;
}

/** A session, which has no connection before it is opened, or the response that refuses the client. */
export type Acceptance =
  | { readonly accept: true; readonly session: SocketSession }
  | { readonly accept: false; readonly response: TransportResponse };

/** A client without a WebSocket: its commands come by requests of their own. */
export interface StreamingClient {
  readonly emulation: Emulation;
  readonly transport: 'http_stream' | 'sse';
}

export type AcceptClient = (request: RequestHead, codec: Codec, streaming?: StreamingClient) => Acceptance;

export function createAcceptance(options: AcceptanceOptions): AcceptClient {
  const { allowsOrigin, speaksFromDisk, isDraining, findFull, addresses } = options;
  const { events } = options.surroundings;

  /** @param limit the one that was reached */
  function refuse(request: RequestHead, status: number, message: string, limit?: ReachedLimit): Acceptance {
    if (events.isHeard('problem.noted')) {
      const { remoteAddress: address } = request;
      events.emit('problem.noted', {
        kind: 'refused',
        reason: message,
        event: 'handshake',
        code: status,
        address,
        ...(limit !== undefined && { limit }),
      });
    }
    return { accept: false, response: jsonError(status, message) };
  }

  function refuseAddress(request: RequestHead): Acceptance | undefined {
    const refusal = addresses.refuse(request.remoteAddress);
    if (refusal === undefined) return undefined;
    const refused = refuse(request, 429, refusal.message, refusal.limit);
    if (refused.accept || refusal.retrySeconds === undefined) return refused;
    const headers = { 'retry-after': String(refusal.retrySeconds) };
    return { accept: false, response: withHeaders(refused.response, headers) };
  }

  return (request, codec, streaming) => {
    if (isDraining()) return refuse(request, 503, 'the server is shutting down');
    if (!allowsOrigin(request) && !(hasNoOrigin(request) && speaksFromDisk(codec))) {
      return refuse(
        request,
        403,
        `pages from ${request.header('origin')} may not connect: list the origin in allowedOrigins`,
      );
    }
    const refusedAddress = refuseAddress(request);
    if (refusedAddress !== undefined) return refusedAddress;
    const full = findFull();
    if (full !== undefined)
      return refuse(request, 503, 'the server has as many connections as it takes, try again later', full);
    // A name without proof counts only where no proof is asked for.
    const isBelieved = options.userParameter && options.surroundings.authenticator === undefined;
    const user = isBelieved ? readUser(request.query) : undefined;
    if (user !== undefined && user.length > MAX_USER_LENGTH) {
      return refuse(request, 400, `the user's name is longer than ${MAX_USER_LENGTH} characters`);
    }
    const id = newConnectionId();
    const member = user === undefined ? { id } : { id, user };
    const { remoteAddress } = request;
    const { authenticator, questions } = options.surroundings;
    const isRead = authenticator !== undefined || questions !== undefined;
    const handshake = isRead ? readHandshake(request, codec, streaming?.transport) : undefined;
    options.onAccepted(codec);
    const client = {
      protocol: codec,
      member,
      remoteAddress,
      emulation: streaming?.emulation,
      handshake,
    };
    return { accept: true, session: new ClientSession(options, client) };
  };
}

/** Node.js puts a UUID together of 14 pieces, which it keeps as long as the text is; this is the text in one piece. */
function newConnectionId(): string {
  return Buffer.from(randomUUID(), 'latin1').toString('latin1');
}

function readHandshake(
  request: RequestHead,
  { name: protocol }: Codec,
  transport: string = 'websocket',
): Handshake {
  const { query, remoteAddress: address } = request;
  return { query, headers: request.headers(), address, protocol, transport };
}

function readUser(query: string): string | undefined {
  return new URLSearchParams(query).get('user') || undefined;
}
