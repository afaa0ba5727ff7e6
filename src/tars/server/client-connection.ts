/** The connection of one client to the servants of this server: receives requests and sends their answers. */

import type { Socket } from 'node:net';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { FrameSplitter } from '../wire/frame-splitter.ts';
import { HalfFrameError, type HalfFrames } from './half-frames.ts';
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
  /** The same until a call has shown that the client may call. */
  readonly maxFirstFrameBytes: number;
  /** How long a frame may take from its first byte to its last. */
  readonly frameTimeoutMs: number;
  /** Whether a client may call, by the context of its call. */
  readonly trusts: (context: ReadonlyMap<string, string>) => boolean;
  /** What those hold that are not trusted yet. */
  readonly halfFrames: HalfFrames;
  /** The calls in flight of all connections. */
  readonly allCalls: CallCount;
  readonly maxCalls: number;
  readonly idleTimeoutMs: number;
  readonly onError: OnServerError;
  readonly clock: Clock;
}

/** How many calls are in flight, and how many may be. */
export interface CallCount {
  inFlight: number;
  readonly most: number;
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
  #isTrusted = false;
  /** The memory of a frame that is not complete. */
  #heldBytes = 0;
  /** Its deadline. */
  #frameTimer: unknown;

  constructor(socket: Socket, options: ServingOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#splitter = new FrameSplitter(options.maxFirstFrameBytes);
    this.#batch = new WriteBatch(socket);
    this.#client = socket.remoteAddress === undefined ? {} : { remoteAddress: socket.remoteAddress };
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('drain', () => socket.resume());
    // A broken connection is nothing special; 'close' follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      options.clock.clearTimeout(this.#idleTimer);
      this.#hold(0);
    });
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
      const packets = this.#splitter.push(chunk);
      for (const packet of packets) this.#take(decodeRequest(packet));
      const { heldBytes } = this.#splitter;
      // Most frames come whole.
      if (heldBytes > 0 || this.#heldBytes > 0) this.#hold(heldBytes, packets.length > 0);
    } catch (error) {
      this.giveUp(error);
    }
  }

  /** Drops the connection, and tells why. */
  giveUp(reason: unknown): void {
    this.drop();
    this.#hold(0);
    this.#options.onError(reason, this.#client);
  }

  /** @param isAnother Whether it is another frame than before. */
  #hold(heldBytes: number, isAnother = false): void {
    const { clock, frameTimeoutMs, halfFrames } = this.#options;
    if (heldBytes === 0 || isAnother) {
      clock.clearTimeout(this.#frameTimer);
      this.#frameTimer = undefined;
    }
    if (heldBytes > 0) {
      const late = (): void =>
        this.giveUp(new HalfFrameError(`a frame was not complete in ${frameTimeoutMs} ms`));
      this.#frameTimer ??= startQuietTimer(clock, late, frameTimeoutMs);
    }
    this.#heldBytes = heldBytes;
    if (!this.#isTrusted) halfFrames.note(this, heldBytes);
  }

  #trust(): void {
    this.#isTrusted = true;
    this.#splitter.allow(this.#options.maxFrameBytes);
    this.#options.halfFrames.note(this, 0);
  }

  #take(request: Request): void {
    const { servants, maxCalls, allCalls, trusts } = this.#options;
    if (!this.#isTrusted && trusts(request.context)) this.#trust();
    const adapter = servants.get(request.servant);
    if (this.#isFinishing || this.#calls >= maxCalls || allCalls.inFlight >= allCalls.most)
      this.#answer(request, OVERLOADED);
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
    this.#options.allCalls.inFlight += 1;
    try {
      this.#answer(request, await adapter.dispatch(func, body, call));
    } catch (error) {
      this.#options.onError(error, { ...this.#client, servant, func });
      this.#answer(request, FAILED);
    }
    this.#calls -= 1;
    this.#options.allCalls.inFlight -= 1;
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
