/**
 * The ways to connect without a WebSocket, as Centrifuge clients use them: a response that does not end brings what the
 * server says, and requests of their own (`emulation`) bring what the client says.
 */

import type { Answer } from '../actors/room/ports.ts';
import type { Codec } from '../protocol/codec.ts';
import type { AcceptClient } from '../transport/accept-client.ts';
import { jsonError, NO_CONTENT, NOT_SNIFFED } from '../transport/common/responses.ts';
import {
  BodyTooLargeError,
  type TransportRequest,
  type TransportResponse,
} from '../transport/common/transport.ts';
import type { OriginPolicy } from '../transport/origin-policy.ts';
import { EVENTS, LINES, type StreamFormat } from '../transport/streams/stream-format.ts';
import type { StreamHub } from '../transport/streams/stream-hub.ts';
import { allowPage, answerPreflight } from './cors.ts';
import type { Route } from './router.ts';

/** Longest body with the first commands of a client. */
const MAX_FIRST_BYTES = 64 * 1024;

/** Longest name of a node, in characters. */
const MAX_NODE_LENGTH = 64;

/** Where a client without a WebSocket connects. */
export interface StreamPaths {
  /** Each message is a line. */
  readonly httpStream: string;
  /** Each message is a server-sent event. */
  readonly sse: string;
  /** Where the clients of both send their commands. */
  readonly emulation: string;
}

/** Where Centrifuge clients look for them. */
export const STREAM_PATHS: StreamPaths = {
  httpStream: '/connection/http_stream',
  sse: '/connection/sse',
  emulation: '/emulation',
};

export interface StreamRoutesOptions {
  readonly paths: StreamPaths;
  readonly codec: Codec;
  readonly hub: StreamHub;
  /** Hands a frame to the session of a stream that is on another node. */
  readonly emulateAt: (node: string, session: string, frame: string) => Answer<{ readonly found: boolean }>;
  readonly accept: AcceptClient;
  readonly allowsOrigin: OriginPolicy;
  /** Longest body with commands of a client that is connected. */
  readonly maxFrameBytes: number;
}

/** Neither a cache nor a proxy may keep anything of a stream back. `X-Accel-Buffering` is nginx's. */
const STREAM_HEADERS = {
  'cache-control': 'private, no-cache, no-store, must-revalidate, max-age=0',
  pragma: 'no-cache',
  'x-accel-buffering': 'no',
  ...NOT_SNIFFED,
};

/**
 * Centrifugo answers 204. Here a session is on the node that it names or nowhere, and a client that gets 404 connects
 * again.
 */
const NO_SESSION = jsonError(404, 'there is no such session: connect again');

export function createStreamRoutes(options: StreamRoutesOptions): Route[] {
  const { paths, codec, hub, emulateAt, accept, allowsOrigin, maxFrameBytes } = options;

  function openStream(request: TransportRequest, format: StreamFormat, first: string): TransportResponse {
    const emulation = hub.newEmulation();
    const transport = format === LINES ? 'http_stream' : 'sse';
    const accepted = accept(request, codec, { emulation, transport });
    if (!accepted.accept) return accepted.response;
    const stream = hub.createStream({ id: emulation.session, session: accepted.session, format, first });
    return { status: 200, headers: { ...STREAM_HEADERS, 'content-type': format.contentType }, stream };
  }

  async function openLines(request: TransportRequest): Promise<TransportResponse> {
    return openStream(request, LINES, readUtf8(await request.body(MAX_FIRST_BYTES)));
  }

  async function openEvents(request: TransportRequest): Promise<TransportResponse> {
    const body = request.method === 'POST' ? readUtf8(await request.body(MAX_FIRST_BYTES)) : '';
    const first = body || new URLSearchParams(request.query).get('cf_connect');
    if (!first) return jsonError(400, 'missing parameter: cf_connect, with the first commands');
    return openStream(request, EVENTS, first);
  }

  async function emulate(request: TransportRequest): Promise<TransportResponse> {
    if (!allowsOrigin(request))
      return jsonError(403, `pages from ${request.header('origin')} may not send commands`);
    const command = parseEmulated(readUtf8(await request.body(maxFrameBytes)));
    if (command === undefined)
      return jsonError(400, 'the body must be JSON such as {"session":"…","node":"…","data":"…"}');
    const { node, session, data } = command;
    const frame = data.toWellFormed();
    if (node === hub.node) return hub.receive(session, frame) ? NO_CONTENT : NO_SESSION;
    if (node.length > MAX_NODE_LENGTH) return NO_SESSION;
    // A proxy may bring each request of a client to another node. The next one comes when this one is answered.
    const answer = await emulateAt(node, session, frame);
    if ('refusal' in answer) return jsonError(503, answer.refusal.message);
    return answer.found ? NO_CONTENT : NO_SESSION;
  }

  /** Answers the errors of the client itself, and lets allowed pages read each answer. */
  function createRoutes(
    path: string,
    methods: readonly string[],
    answer: (request: TransportRequest) => Promise<TransportResponse>,
  ): Route[] {
    return [
      {
        methods,
        path,
        async handle({ request }) {
          const response = await answer(request).catch(answerBadBody);
          return allowPage(request, response, allowsOrigin);
        },
      },
      {
        methods: ['OPTIONS'],
        path,
        handle: ({ request }) => answerPreflight(request, methods, allowsOrigin),
      },
    ];
  }

  return [
    ...createRoutes(paths.httpStream, ['POST'], openLines),
    ...createRoutes(paths.sse, ['GET', 'POST'], openEvents),
    ...createRoutes(paths.emulation, ['POST'], emulate),
  ];
}

/** A command of a client, as it is in the body of a request. */
interface Emulated {
  readonly session: string;
  readonly node: string;
  /** One frame. */
  readonly data: string;
}

function parseEmulated(text: string): Emulated | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { session, node, data } = value as Partial<Record<keyof Emulated, unknown>>;
  if (typeof session !== 'string' || typeof node !== 'string' || typeof data !== 'string') return undefined;
  return { session, node, data };
}

class NotUtf8Error extends Error {}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** @throws {NotUtf8Error} */
function readUtf8(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new NotUtf8Error('the body must be UTF-8 text');
  }
}

function answerBadBody(error: unknown): TransportResponse {
  if (error instanceof BodyTooLargeError) return jsonError(413, error.message);
  if (error instanceof NotUtf8Error) return jsonError(400, error.message);
  throw error;
}
