/** The connection of one client to the servants of this server: receives requests and sends their answers. */

import type { Socket } from 'node:net';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import type { OnServerError } from './server-errors.ts';
import { PACKET_TYPE, RequestPacket, ResponsePacket, TARS_VERSION } from '../wire/packets.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import type { ServantAdapter, ServantCall, ServantReply } from '../calls/servant-adapter.ts';
import { isTupVersion, toTupAnswer } from '../wire/tup.ts';
import { TarsDecodeError } from '../wire/wire-errors.ts';
import { WriteBatch } from '../write-batch.ts';

/** While more bytes than this wait to be sent to a client, its requests are not read. */
const MAX_UNSENT_BYTES = 1024 * 1024;

export interface ServingOptions {
  readonly servants: ReadonlyMap<string, ServantAdapter>;
  readonly maxFrameBytes: number;
  readonly maxCalls: number;
  readonly idleTimeoutMs: number;
  readonly onError: OnServerError;
  readonly clock: Clock;
}

export class ClientConnection {
  readonly #socket: Socket;
  readonly #options: ServingOptions;
  readonly #splitter: FrameSplitter;
  readonly #batch: WriteBatch;
  readonly #client: { readonly remoteAddress?: string };
  #calls = 0;
  /** When something was last received or answered, by the monotonic clock. */
  #activeAt: number;
  #idleTimer: unknown;
  #isFinishing = false;

  constructor(socket: Socket, options: ServingOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#splitter = new FrameSplitter(options.maxFrameBytes);
    this.#batch = new WriteBatch(socket);
    this.#client = socket.remoteAddress === undefined ? {} : { remoteAddress: socket.remoteAddress };
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => socket.resume());
    // A broken connection is nothing special; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => options.clock.clearTimeout(this.#idleTimer));
    this.#activeAt = options.clock.monotonic();
    this.#watchIdle(options.idleTimeoutMs);
  }

  /** Takes no new calls, and ends when the calls in flight are answered. */
  finish(): void {
    this.#isFinishing = true;
    this.#endIfDone();
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** One timer that checks from time to time is cheaper than one that each request restarts. */
  #watchIdle(delayMs: number): void {
    const { clock, idleTimeoutMs } = this.#options;
    const look = () => {
      const leftMs = this.#activeAt + idleTimeoutMs - clock.monotonic();
      if (leftMs > 0) this.#watchIdle(leftMs);
      else if (this.#calls > 0) this.#watchIdle(idleTimeoutMs);
      else this.drop();
    };
    this.#idleTimer = startQuietTimer(clock, look, delayMs);
  }

  #receive(chunk: Uint8Array): void {
    this.#activeAt = this.#options.clock.monotonic();
    try {
      for (const packet of this.#splitter.push(chunk)) this.#take(decodeRequest(packet));
    } catch (error) {
      this.drop();
      this.#options.onError(error, this.#client);
    }
  }

  #take(request: Request): void {
    const adapter = this.#options.servants.get(request.servant);
    if (this.#isFinishing || this.#calls >= this.#options.maxCalls) this.#answer(request, OVERLOADED);
    else if (adapter === undefined) this.#answer(request, NO_SUCH_SERVANT);
    else void this.#serve(adapter, request);
  }

  async #serve(adapter: ServantAdapter, request: Request): Promise<void> {
    const { version, servant, func, body, context, timeoutMs } = request;
    const call: ServantCall = {
      context,
      ...this.#client,
      ...(timeoutMs > 0 ? { deadlineAt: this.#options.clock.monotonic() + timeoutMs } : {}),
      ...(isTupVersion(version) ? { tupVersion: version } : {}),
    };
    this.#calls += 1;
    try {
      this.#answer(request, await adapter.dispatch(func, body, call));
    } catch (error) {
      this.#options.onError(error, { ...this.#client, servant, func });
      this.#answer(request, FAILED);
    }
    this.#calls -= 1;
    this.#activeAt = this.#options.clock.monotonic();
    if (this.#isFinishing) this.#endIfDone();
  }

  #answer(request: Request, { ret, body }: ServantReply): void {
    const { packetType, version, requestId } = request;
    if (packetType === PACKET_TYPE.oneWay) return;
    if (isTupVersion(version)) {
      this.#batch.add(RequestPacket.writeFrame, toTupAnswer({ ...request, version }, { ret, body }));
    } else {
      this.#batch.add(ResponsePacket.writeFrame, { requestId, ret, body });
    }
    // A client that does not read its answers is not read either; 'drain' resumes.
    if (this.#batch.unsentBytes > MAX_UNSENT_BYTES) this.#socket.pause();
  }

  #endIfDone(): void {
    if (this.#calls > 0 || this.#socket.writableEnded) return;
    this.#batch.flush();
    this.#socket.end();
  }
}

type Request = ReturnType<typeof RequestPacket.decode>;

const NO_BYTES = new Uint8Array(0);
const FAILED: ServantReply = { ret: RETURN_CODES.failed, body: NO_BYTES };
const OVERLOADED: ServantReply = { ret: RETURN_CODES.overloaded, body: NO_BYTES };
const NO_SUCH_SERVANT: ServantReply = { ret: RETURN_CODES.noSuchServant, body: NO_BYTES };

/** The form of an answer depends on the version, so a call of an unknown version cannot be answered at all. */
function decodeRequest(packet: Uint8Array): Request {
  const request = RequestPacket.decode(packet);
  if (request.version !== TARS_VERSION && !isTupVersion(request.version))
    throw new TarsDecodeError(`version ${request.version} is not spoken here`);
  return request;
}
