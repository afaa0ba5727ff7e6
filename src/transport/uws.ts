/**
 * The transport on uWebSockets.js, and the only file that speaks to it. It knows the transport interface and
 * nothing above.
 *
 * uWS ends the process when a callback throws, and gives out memory that dies when a callback returns: here
 * every handler is contained, and whatever outlives a callback is copied.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import uWS, {
  type HttpRequest,
  type HttpResponse,
  type TemplatedApp,
  type us_listen_socket,
  type us_socket_context_t,
  type WebSocket,
} from 'uWebSockets.js';
import type { Frame, Text } from '../protocol/text.ts';
import { containHandlers, type ContainedHandlers } from './contained-handlers.ts';
import { REQUEST_GRACE_MS, RequestsUnderWay } from './requests-under-way.ts';
import { TopicTurns } from './topic-turns.ts';
import { UwsExchange, UwsRequestHead, writeResponse } from './uws-exchange.ts';
import { Departures, isBinary, UwsSocket } from './uws-socket.ts';
import {
  ListenError,
  type CreateTransport,
  type ListenAddress,
  type Transport,
  type TransportOptions,
} from './transport.ts';

/** How long after a publication it is looked who does not keep up. */
const LOOK_MS = 1_000;

/**
 * Publications to one topic in one turn that reach their speaker as frames of its own. uWS keeps up to 32 for each
 * other subscriber, to send them together when the turn ends. A list that is full is sent at once, and frame by frame
 * as long as the speaker's frames are gathered: what is more than that is left to uWS, which stops gathering then.
 */
const MAX_SPOKEN = 24;

/** uWS ends the process when its idle timeout is outside of these, in seconds; 0 means none. */
const MIN_IDLE_SECONDS = 8;
const MAX_IDLE_SECONDS = 960;

/** Makes the transport of the real server. It throws a `RangeError` for an idle timeout that uWS cannot keep. */
export const createUwsTransport: CreateTransport = (handlers, options) => {
  const { idleTimeoutSeconds: idle } = options;
  if (idle !== 0 && !(idle >= MIN_IDLE_SECONDS && idle <= MAX_IDLE_SECONDS)) {
    throw new RangeError(
      `the idle timeout must be 0 or ${MIN_IDLE_SECONDS} to ${MAX_IDLE_SECONDS} seconds, and is ${idle}`,
    );
  }
  return new UwsTransport(containHandlers(handlers), options);
};

/** What uWS is given with a handshake, and gives back when the socket opens. */
interface UserData<Session> {
  readonly session: Session;
}

/** Kept on the raw socket, which is the same object each time: to ask uWS for user data is a call out of JavaScript. */
const SOCKET = Symbol('socket');

interface RawSocket<Session> extends WebSocket<UserData<Session>> {
  [SOCKET]?: UwsSocket<Session>;
}

class UwsTransport<Session> implements Transport {
  readonly #app: TemplatedApp;
  readonly #handlers: ContainedHandlers<Session>;
  readonly #sockets = new Set<UwsSocket<Session>>();
  readonly #departures = new Departures();
  readonly #turns = new TopicTurns((topic) => this.#app.numSubscribers(topic));
  /** The socket whose frame is being handled. */
  #speaker: UwsSocket<Session> | undefined;
  readonly #requests = new RequestsUnderWay();
  #listening: us_listen_socket | undefined;
  #closed: Promise<void> | undefined;
  /** Set while somebody may have been published to since the last look. */
  #look: NodeJS.Timeout | undefined;

  constructor(handlers: ContainedHandlers<Session>, options: TransportOptions) {
    this.#handlers = handlers;
    this.#app = uWS.App();
    const shared = {
      handlers,
      queueBytes: options.sendQueueBytes,
      departures: this.#departures,
      turns: this.#turns,
    };
    this.#app.ws<UserData<Session>>('/*', {
      compression: uWS.DISABLED,
      maxPayloadLength: options.maxFrameBytes,
      maxBackpressure: options.sendQueueBytes,
      idleTimeout: options.idleTimeoutSeconds,
      sendPingsAutomatically: options.idleTimeoutSeconds !== 0,
      upgrade: (res, req, context) => this.#upgrade(res, req, context),
      open: (ws: RawSocket<Session>) => {
        const { session } = ws.getUserData();
        const socket = new UwsSocket(ws, session, shared);
        ws[SOCKET] = socket;
        this.#sockets.add(socket);
        handlers.open(session, socket);
      },
      message: (ws: RawSocket<Session>, message, isBinary) => {
        this.#speaker = ws[SOCKET];
        this.#speaker?.received(message, isBinary);
        this.#speaker = undefined;
      },
      dropped: (ws: RawSocket<Session>) => ws[SOCKET]?.overflowed(),
      drain: (ws: RawSocket<Session>) => ws[SOCKET]?.drained(),
      close: (ws: RawSocket<Session>, code, message) => {
        const socket = ws[SOCKET];
        if (socket === undefined) return;
        this.#sockets.delete(socket);
        socket.closed(code, message);
      },
    });
    this.#app.any('/*', (res, req) => this.#request(res, req));
  }

  listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    return new Promise((resolve, reject) => {
      listenExclusively(this.#app, host, port, (listening) => {
        if (listening === false) {
          reject(new ListenError(host, port));
          return;
        }
        this.#listening = listening;
        resolve({ host, port: uWS.us_socket_local_port(listening) });
      });
    });
  }

  publish(topic: Text, frame: Frame): void {
    this.#departures.leave();
    const speaker = this.#speaker;
    if (speaker?.hears(topic)) this.#speak(speaker, topic, frame);
    else this.#app.publish(topic, frame, isBinary(frame));
    this.#look ??= setTimeout(() => this.#lookForQueues(), LOOK_MS).unref();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /**
   * Publishes what a socket says while its frames are handled. What it is sent meanwhile is gathered, to leave
   * together; but uWS lets go of that when it delivers a publication to the socket. So the socket gets its own one as
   * a frame, and from uWS the others do (docs/decisions/0014-a-speakers-own-copy.md).
   */
  #speak(speaker: UwsSocket<Session>, topic: Text, frame: Frame): void {
    const turn = this.#turns.of(topic);
    if (turn.subscribers > 1) {
      if (turn.publications === MAX_SPOKEN) {
        this.#app.publish(topic, frame, isBinary(frame));
        return;
      }
      turn.publications += 1;
      speaker.publishToOthers(topic, frame);
    }
    speaker.send(frame);
  }

  /** uWS does not tell whose send queue a publication has gone into, unless it was too much. */
  #lookForQueues(): void {
    this.#look = undefined;
    for (const socket of this.#sockets) socket.look();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#look);
    if (this.#listening !== undefined) uWS.us_listen_socket_close(this.#listening);
    await this.#requests.none(REQUEST_GRACE_MS);
    // In a turn of its own no callback of uWS is on the stack, whoever called.
    await nextTurn();
    // One by one and not by app.close(): that loses its place when a handler closes another socket meanwhile.
    for (const socket of this.#sockets) socket.drop();
    this.#app.close();
  }

  #upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
    const head = new UwsRequestHead(res, req);
    head.keep();
    const outcome = this.#handlers.upgrade(head);
    if (!outcome.accept) {
      writeResponse(res, head.method, outcome.response);
      return;
    }
    res.upgrade<UserData<Session>>(
      { session: outcome.session },
      head.header('sec-websocket-key') ?? '',
      outcome.subprotocol ?? '',
      head.header('sec-websocket-extensions') ?? '',
      context,
    );
  }

  #request(res: HttpResponse, req: HttpRequest): void {
    const exchange = new UwsExchange(res, req, this.#requests);
    exchange.answer(this.#handlers.request(exchange));
  }
}

/** What the published types lack of uWS. */
interface UntypedApp {
  listen(
    host: string,
    port: number,
    options: number,
    listening: (socket: us_listen_socket | false) => void,
  ): void;
}
interface UntypedModule {
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
}

/** Without its flag uWS lets a second server in on the port, and the two share their clients in silence. */
function listenExclusively(
  app: TemplatedApp,
  host: string,
  port: number,
  listening: (socket: us_listen_socket | false) => void,
): void {
  const { LIBUS_LISTEN_EXCLUSIVE_PORT } = uWS as unknown as UntypedModule;
  (app as unknown as UntypedApp).listen(host, port, LIBUS_LISTEN_EXCLUSIVE_PORT, listening);
}
