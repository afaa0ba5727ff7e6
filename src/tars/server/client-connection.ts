/** One client's connection to the servants: requests in, answers out as they come. It knows no interface's functions. */

import type { Socket } from 'node:net';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { PACKET_TYPE, RequestPacket, ResponsePacket, TARS_VERSION } from '../wire/packets.ts';
import { RETURN_CODES } from '../wire/return-codes.ts';
import type { ServantAdapter, ServantCall, ServantReply } from '../calls/servant-adapter.ts';
import { isTupVersion, toTupAnswer } from '../wire/tup.ts';
import { TarsDecodeError } from '../wire/wire-errors.ts';
import { WriteBatch } from '../write-batch.ts';

/** A client that leaves more than this of its answers unread is not read from. */
const MAX_UNSENT_BYTES = 1024 * 1024;

export interface ErrorOrigin {
  /** The client's address. */
  readonly remoteAddress?: string;
  /** The object and the function, where the error came from a call. */
  readonly servant?: string;
  readonly func?: string;
}

export type OnServerError = (error: unknown, origin: ErrorOrigin) => void;

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
  /** When something was heard or answered last. */
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
    // A client that breaks off is an everyday thing; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => options.clock.clearTimeout(this.#idleTimer));
    this.#activeAt = options.clock.now();
    this.#watchIdle(options.idleTimeoutMs);
  }

  /** Takes no new calls, and ends when those under way are answered. */
  finish(): void {
    this.#isFinishing = true;
    this.#endIfDone();
  }

  drop(): void {
    this.#socket.destroy();
  }

  /** One timer that looks now and then, instead of one that every request starts anew. */
  #watchIdle(delayMs: number): void {
    const { clock, idleTimeoutMs } = this.#options;
    const look = () => {
      const leftMs = this.#activeAt + idleTimeoutMs - clock.now();
      if (leftMs > 0) this.#watchIdle(leftMs);
      else if (this.#calls > 0) this.#watchIdle(idleTimeoutMs);
      else this.drop();
    };
    this.#idleTimer = startQuietTimer(clock, look, delayMs);
  }

  #receive(chunk: Uint8Array): void {
    this.#activeAt = this.#options.clock.now();
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
      ...(timeoutMs > 0 ? { deadlineAt: this.#options.clock.now() + timeoutMs } : {}),
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
    this.#activeAt = this.#options.clock.now();
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
    // No more questions from somebody who does not read the answers; 'drain' resumes.
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

/** Other versions have answers of another form, so there is no way to refuse a single call of theirs. */
function decodeRequest(packet: Uint8Array): Request {
  const request = RequestPacket.decode(packet);
  if (request.version !== TARS_VERSION && !isTupVersion(request.version))
    throw new TarsDecodeError(`version ${request.version} is not spoken here`);
  return request;
}
