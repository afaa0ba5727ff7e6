/** `GET /api/watch?channel=R`: what happens in a room, from now on, as server-sent events that do not end. */

import type { Operations } from '../../operations/operations.ts';
import type { RoomListener, Watch } from '../../operations/watchers.ts';
import type { Publication, RoomMember } from '../../protocol/command.ts';
import { mendEscapes } from '../../protocol/json/well-formed.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { jsonError, NO_PAGE } from '../../transport/common/responses.ts';
import type {
  ResponseSink,
  ResponseStream,
  TransportRequest,
  TransportResponse,
} from '../../transport/common/transport.ts';
import type { Access } from '../access.ts';
import { Caller } from '../caller.ts';
import type { Route } from '../router.ts';
import { toClientInfo, toPublication } from './fields.ts';

/** How often a comment is sent, so that no proxy takes the response for dead. */
export const WATCH_HEARTBEAT_MS = 25_000;

/** Events that may come before the response is opened. */
const MAX_EARLY_EVENTS = 1_000;

/** A comment of an event stream. */
const COMMENT = ':\n\n';

const HEADERS = Object.freeze({
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
  ...NO_PAGE,
});

export interface WatchRouteOptions {
  readonly operations: Pick<Operations, 'watch'>;
  readonly access: Access;
  readonly clock: Clock;
}

export function createWatchRoute({ operations, access, clock }: WatchRouteOptions): Route {
  async function watch(request: TransportRequest): Promise<TransportResponse> {
    const caller = access.admit(request);
    if (!(caller instanceof Caller)) return caller;
    const room = new URLSearchParams(request.query).get('channel');
    if (room === null || room === '') return jsonError(400, 'missing parameter: channel');
    const refused = access.refuse(request, caller, 'watch', room);
    if (refused !== undefined) return refused;
    const stream = new WatchStream(clock);
    const answer = await operations.watch(room, stream);
    if ('refusal' in answer) {
      const { error, message } = answer.refusal;
      stream.closed();
      return jsonError(STATUS_OF[error] ?? 500, message);
    }
    stream.began(answer);
    return { status: 200, headers: HEADERS, stream };
  }

  return { methods: ['GET'], path: '/api/watch', handle: ({ request }) => watch(request) };
}

const STATUS_OF: Readonly<Record<string, number>> = { badRequest: 400, limitExceeded: 503 };

/** One response. A client that reads too slowly gets a last event, and no more. */
class WatchStream implements ResponseStream, RoomListener {
  readonly filler = COMMENT;
  readonly #clock: Clock;
  #timer: unknown;
  #sink: ResponseSink | undefined;
  #watch: Watch | undefined;
  /** Events before the response is opened. */
  #early: string[] = [];
  #isOver = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#beat();
  }

  began(watch: Watch): void {
    this.#watch = watch;
    if (this.#isOver) watch.stop();
  }

  opened(sink: ResponseSink): void {
    this.#sink = sink;
    if (this.#isOver) sink.terminate();
    else sink.write(COMMENT + this.#early.splice(0).join(''));
  }

  drained(): void {}

  overflowed(): void {
    this.#end('slow', 'the client reads more slowly than the room speaks');
  }

  closed(): void {
    this.#isOver = true;
    this.#early = [];
    this.#clock.clearTimeout(this.#timer);
    this.#watch?.stop();
  }

  publication(publication: Publication): void {
    this.#send('publication', toPublication(publication));
  }

  joined(member: RoomMember): void {
    this.#send('join', { info: toClientInfo(member) });
  }

  left(member: RoomMember): void {
    this.#send('leave', { info: toClientInfo(member) });
  }

  ended(): void {
    this.#end('shutdown', 'the server is shutting down');
  }

  #send(name: string, data: object): void {
    const event = formatEvent(name, data);
    if (this.#sink !== undefined) this.#sink.write(event);
    else if (this.#early.push(event) > MAX_EARLY_EVENTS) this.closed();
  }

  #end(code: string, reason: string): void {
    const sink = this.#sink;
    this.closed();
    sink?.end(formatEvent('end', { code, reason }));
  }

  #beat(): void {
    this.#timer = startQuietTimer(this.#clock, () => this.#check(), WATCH_HEARTBEAT_MS);
  }

  /** A response that is not opened by now never will be: the client has gone before. */
  #check(): void {
    if (this.#sink === undefined) {
      this.closed();
      return;
    }
    this.#sink.write(COMMENT);
    this.#beat();
  }
}

/** JSON has no line breaks, so that the data is one line. */
function formatEvent(name: string, data: object): string {
  return `event: ${name}\ndata: ${mendEscapes(JSON.stringify(data))}\n\n`;
}
