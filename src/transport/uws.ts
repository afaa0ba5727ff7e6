/**
 * The transport on uWebSockets.js (uWS).
 *
 * uWS ends the process when a callback throws, and the memory that it passes to a callback is valid only until the
 * callback returns. So every handler is contained here, and everything that is needed later is copied.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Frame, Text } from '../protocol/text.ts';
import { containHandlers, type ContainedHandlers } from './common/contained-handlers.ts';
import { PendingSends } from './common/pending-sends.ts';
import { REQUEST_GRACE_MS, RequestsUnderWay } from './common/requests-under-way.ts';
import { SendMemory } from './common/send-memory.ts';
import { Topics } from './common/topics.ts';
import {
  checkIdleTimeout,
  type Certificate,
  type CreateTransport,
  type ListenAddress,
  type Transport,
  type TransportOptions,
} from './common/transport.ts';
import { Apps, type App } from './uws/apps.ts';
import { UwsExchange, UwsRequestHead, writeResponse } from './uws/exchange.ts';
import {
  loadUws,
  type HttpRequest,
  type HttpResponse,
  type us_listen_socket,
  type us_socket_context_t,
  type Uws,
  type WebSocket,
} from './uws/load.ts';
import { listenAgainLater, listenAlone, listenWithOthers } from './uws/listen.ts';
import { KEEP_ALIVE_MS, type SharedBySinks } from './uws/response-sink.ts';
import { UwsSocket, type SharedBySockets } from './uws/socket.ts';
import { TopicTurns } from './uws/topic-turns.ts';

/** How long after a publication the send queues of all sockets are checked. */
const QUEUE_CHECK_MS = 1_000;

/**
 * How long after a publication it is looked at what waits for all sockets: a fast one fills thousands of queues within a
 * second. It takes about a thousandth of the time, however many sockets there are.
 */
const MIN_SWEEP_MS = 100;
const SWEEP_MS_PER_SOCKET = 0.01;

/**
 * How many publications to one topic in one turn reach their sender as frames of its own. uWS collects up to 32
 * publications for each other subscriber, to send them together when the turn ends. When that list is full, uWS sends
 * it at once, and while it also collects the sender's frames, it sends the list frame by frame. So after this number
 * publications go through uWS for all subscribers; then uWS stops collecting the sender's frames.
 */
const MAX_OWN_COPIES = 24;

/** How many publications uWS collects for a subscriber. */
const FULL_LIST = 32;

/**
 * Makes the transport.
 * @throws {RangeError} for an idle timeout that uWS does not support.
 * @throws {UwsUnavailableError} where uWS does not load.
 */
export const createUwsTransport: CreateTransport = (handlers, options) => {
  checkIdleTimeout(options.idleTimeoutSeconds);
  const loaded = loadUws();
  if (loaded.uws === undefined) throw new UwsUnavailableError(loaded.why);
  return new UwsTransport(loaded.uws, containHandlers(handlers), options);
};

/** uWebSockets.js does not load on this machine. */
export class UwsUnavailableError extends Error {
  readonly code = 'UWS_UNAVAILABLE';
  /** @param why As `loadUws` tells it. */
  constructor(why: string) {
    super(`uWebSockets.js cannot be used: ${why}; set transport to "auto" or "ws"`);
  }
}

/** What uWS gets with a handshake, and gives back when the socket opens. */
interface UserData<Session> {
  readonly session: Session;
}

/** A property of the raw socket, which is the same object in each callback. `getUserData` is a slower, native call. */
const SOCKET = Symbol('socket');

interface RawSocket<Session> extends WebSocket<UserData<Session>> {
  [SOCKET]?: UwsSocket<Session>;
}

class UwsTransport<Session> implements Transport {
  readonly #uws: Uws;
  readonly #options: TransportOptions;
  readonly #apps: Apps;
  readonly #handlers: ContainedHandlers<Session>;
  readonly #shared: SharedBySockets<Session>;
  readonly #sockets = new Map<UwsSocket<Session>, App>();
  /** They leave after the promise jobs of the turn. */
  readonly #pendingSends = new PendingSends((flush) => process.nextTick(flush));
  readonly #turns = new TopicTurns<UwsSocket<Session>>((topic) => this.#apps.countSubscribers(topic));
  readonly #gathering = new Topics<UwsSocket<Session>>();
  /** The socket whose frame is being handled. */
  #sender: UwsSocket<Session> | undefined;
  readonly #requests = new RequestsUnderWay();
  readonly #memory: SendMemory;
  readonly #streams: SharedBySinks;
  readonly #keepAlive: NodeJS.Timeout;
  #listening: us_listen_socket | undefined;
  #address: ListenAddress | undefined;
  #closed: Promise<void> | undefined;
  /** Open sockets, WebSocket or HTTP. */
  #openSockets = 0;
  /** Set if there was a publication since the last check of the send queues. */
  #queueCheck: NodeJS.Timeout | undefined;
  /** The same of the look at what waits for all sockets. */
  #sweep: NodeJS.Timeout | undefined;

  constructor(uws: Uws, handlers: ContainedHandlers<Session>, options: TransportOptions) {
    this.#uws = uws;
    this.#handlers = handlers;
    this.#options = options;
    this.#memory = new SendMemory(options.sendMemoryBytes ?? 0);
    this.#streams = { queueBytes: options.sendQueueBytes, sinks: new Set(), memory: this.#memory };
    this.#keepAlive = setInterval(() => {
      for (const sink of this.#streams.sinks) sink.keepAlive();
    }, KEEP_ALIVE_MS).unref();
    this.#shared = {
      handlers,
      queueBytes: options.sendQueueBytes,
      pendingSends: this.#pendingSends,
      turns: this.#turns,
      handle: (socket: UwsSocket<Session>, work: () => void) => {
        this.#sender = socket;
        try {
          work();
        } finally {
          this.#sender = undefined;
        }
      },
      gathering: this.#gathering,
      memory: this.#memory,
      gatheredSends: new PendingSends((flush) => setImmediate(flush)),
    };
    this.#apps = new Apps(this.#createApp(options.certificate));
  }

  async listen(address: ListenAddress): Promise<ListenAddress> {
    const { raw } = this.#apps.current;
    const listening = await (address.shared === true
      ? listenWithOthers(raw, address)
      : this.#options.certificate !== undefined
        ? listenAgainLater(raw, address)
        : listenAlone(this.#uws, raw, address));
    this.#listening = listening;
    this.#address = { ...address, port: this.#uws.us_socket_local_port(listening) };
    return { host: address.host, port: this.#address.port };
  }

  /** The new app listens on the port before the old one leaves it, where the system lets two listen. */
  async useCertificate(certificate: Certificate): Promise<void> {
    const app = this.#createApp(certificate);
    if (this.#address !== undefined && this.#listening !== undefined) {
      try {
        await this.#listenInstead(app, this.#address, this.#listening);
      } catch (error) {
        app.raw.close();
        throw error;
      }
    }
    this.#apps.replace(app);
  }

  async #listenInstead(app: App, address: ListenAddress, before: us_listen_socket): Promise<void> {
    const listening = await listenWithOthers(app.raw, address).catch(() => undefined);
    // It must not be closed twice.
    this.#listening = listening;
    this.#uws.us_listen_socket_close(before);
    if (listening !== undefined) return;
    try {
      this.#listening = await listenWithOthers(app.raw, address);
    } catch (error) {
      this.#listening = await listenWithOthers(this.#apps.current.raw, address);
      throw error;
    }
  }

  /** Connections that wait to be accepted would be reset: it closes behind the phase of the loop in which they are. */
  stopListening(): void {
    setImmediate(() => this.#stopListening());
  }

  #stopListening(): void {
    if (this.#listening !== undefined) this.#uws.us_listen_socket_close(this.#listening);
    this.#listening = undefined;
  }

  publish(topic: Text, frame: Frame): void {
    this.#pendingSends.flushAll();
    const sender = this.#sender;
    const gathering = this.#gathering.of(topic);
    if (gathering !== undefined) this.#publishToGathering(gathering, sender, topic, frame);
    else if (sender?.isSubscribed(topic)) this.#publishFrom(sender, topic, frame);
    else this.#apps.publish(topic, frame);
    this.#queueCheck ??= setTimeout(() => this.#checkQueues(), QUEUE_CHECK_MS).unref();
    if (this.#memory.isBounded) this.#sweep ??= this.#sweepLater();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /**
   * Publishes for a socket whose frame is being handled. Meanwhile uWS collects what this socket is sent, for one system
   * call; but it stops to collect when it delivers a publication to the socket. So the socket gets its own copy as a
   * frame, and uWS delivers to the others only (docs/decisions/0014-a-speakers-own-copy.md). Two who speak in one turn hear
   * each other, and uWS would send them each frame by itself, so from then on they gather.
   */
  #publishFrom(sender: UwsSocket<Session>, topic: Text, frame: Frame): void {
    const turn = this.#turns.of(topic);
    turn.speaker ??= sender;
    if (turn.speaker !== sender) {
      turn.speaker.startGathering();
      sender.startGathering();
      this.publish(topic, frame);
      return;
    }
    if (turn.subscribers > 1) {
      if (turn.publications === MAX_OWN_COPIES) {
        this.#apps.publish(topic, frame);
        return;
      }
      turn.publications += 1;
      sender.publishToOthers(topic, frame);
      if (this.#apps.areSeveral) this.#apps.publishBeside(this.#sockets.get(sender), topic, frame);
    }
    sender.send(frame);
  }

  /**
   * Publishes to a topic that has subscribers who gather. They get the frame one by one, and uWS delivers it to the others. A
   * sender that is not among them joins them: it is not the only one who speaks.
   */
  #publishToGathering(
    gathering: ReadonlySet<UwsSocket<Session>>,
    sender: UwsSocket<Session> | undefined,
    topic: Text,
    frame: Frame,
  ): void {
    if (sender?.isSubscribed(topic)) sender.startGathering();
    for (const socket of gathering) socket.gather(frame, socket === sender);
    const turn = this.#turns.of(topic);
    if (turn.subscribers === 0) return;
    if (turn.publications === FULL_LIST) {
      turn.publications = 0;
      sender?.stopCollecting((own, text) => this.#apps.publish(own, text));
    }
    turn.publications += 1;
    this.#apps.publish(topic, frame);
  }

  #count(app: App, change: number): void {
    this.#openSockets += change;
    this.#apps.count(app, change);
  }

  /** @throws {Error} for a certificate that cannot be used. */
  #createApp(certificate: Certificate | undefined): App {
    const raw =
      certificate === undefined
        ? this.#uws.App()
        : this.#uws.SSLApp({ cert_file_name: certificate.certFile, key_file_name: certificate.keyFile });
    const app: App = { raw, sockets: 0 };
    this.#limitSockets(app, this.#options.maxSockets ?? Infinity);
    raw.ws<UserData<Session>>('/*', {
      compression: this.#uws.DISABLED,
      maxPayloadLength: this.#options.maxFrameBytes,
      maxBackpressure: this.#options.sendQueueBytes,
      idleTimeout: this.#options.idleTimeoutSeconds,
      sendPingsAutomatically: this.#options.idleTimeoutSeconds !== 0,
      upgrade: (res, req, context) => this.#upgrade(res, req, context),
      open: (ws: RawSocket<Session>) => {
        const { session } = ws.getUserData();
        const socket = new UwsSocket(ws, session, this.#shared);
        ws[SOCKET] = socket;
        this.#sockets.set(socket, app);
        this.#handlers.open(session, socket);
      },
      message: (ws: RawSocket<Session>, message, isBinary) => {
        this.#sender = ws[SOCKET];
        this.#sender?.received(message, isBinary);
        this.#sender = undefined;
      },
      dropped: (ws: RawSocket<Session>) => ws[SOCKET]?.overflowed(),
      drain: (ws: RawSocket<Session>) => ws[SOCKET]?.drained(),
      close: (ws: RawSocket<Session>, code, message) => {
        this.#count(app, -1);
        const socket = ws[SOCKET];
        if (socket === undefined) return;
        this.#sockets.delete(socket);
        socket.closed(code, message);
      },
    });
    raw.any('/*', (res, req) => this.#request(res, req));
    return app;
  }

  /**
   * uWS accepts sockets as long as there are descriptors. When there are none, it is woken by the listening socket again
   * and again, and does nothing else. So one socket too many is closed at once, which gives its descriptor back.
   */
  #limitSockets(app: App, maxSockets: number): void {
    app.raw.filter((res, change) => {
      // Of a socket that became a WebSocket, the end is told to the handler `close` only.
      this.#count(app, Number(change));
      if (Number(change) < 0 || this.#openSockets <= maxSockets) return;
      res.close();
      this.#handlers.crowded();
    });
  }

  /** uWS reports a publication that it had to drop, but not one that waits in a send queue. */
  #checkQueues(): void {
    this.#queueCheck = undefined;
    for (const socket of this.#sockets.keys()) {
      socket.reconsiderGathering();
      socket.checkQueue();
    }
  }

  #sweepLater(): NodeJS.Timeout {
    const delayMs = Math.max(MIN_SWEEP_MS, this.#sockets.size * SWEEP_MS_PER_SOCKET);
    const sweep = (): void => {
      this.#sweep = undefined;
      for (const socket of this.#sockets.keys()) if (socket.bufferedBytes > 0) this.#memory.add(socket);
      this.#memory.look();
    };
    return setTimeout(sweep, delayMs).unref();
  }

  async #close(): Promise<void> {
    clearTimeout(this.#queueCheck);
    clearTimeout(this.#sweep);
    this.#memory.close();
    clearInterval(this.#keepAlive);
    this.#stopListening();
    await this.#requests.none(REQUEST_GRACE_MS);
    // In a new turn, no callback of uWS is on the stack.
    await nextTurn();
    // One by one, because app.close() fails when a handler closes another socket while it walks its list.
    for (const socket of this.#sockets.keys()) socket.drop();
    for (const sink of this.#streams.sinks) sink.terminate();
    this.#apps.close();
  }

  #upgrade(res: HttpResponse, req: HttpRequest, context: us_socket_context_t): void {
    const head = new UwsRequestHead(res, req);
    head.keep();
    const outcome = this.#handlers.upgrade(head);
    if (!outcome.accept) {
      writeResponse(res, head.method, outcome.response, this.#handlers.failed, 'end');
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
    const exchange = new UwsExchange(res, req, this.#requests, this.#handlers.failed, this.#streams);
    exchange.answer(this.#handlers.request(exchange));
  }
}
