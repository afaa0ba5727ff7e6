/**
 * Between the socket of one client and its connection actor: has the codec turn frames into commands, and replies and
 * pushes into frames. What a command does is the actor's.
 */

import type { CommandQueue } from '../actors/connection/command-queue.ts';
import type {
  ConnectionEvent,
  ConnectionSurroundings,
  NewConnection,
} from '../actors/connection/connection-events.ts';
import type { ConnectionRef } from '../actors/connection/connection.ts';
import type { ConnectionRates } from '../actors/connection/rates.ts';
import type { Directory } from '../actors/directory.ts';
import type { ConnectionPort, CustomClose, Pace } from '../actors/room/ports.ts';
import { send } from '../actors/runtime/send.ts';
import { CLOSE_CODES, fitReason, type CloseName } from '../protocol/close-codes.ts';
import { isViolation, type Codec, type Decoded } from '../protocol/codec.ts';
import type { Command, Publication, Push, Reply } from '../protocol/command.ts';
import type { Refusal } from '../protocol/errors.ts';
import { lengthOf, type Frame } from '../protocol/text.ts';
import type { AddressLimits } from './address-limits.ts';
import type { Socket, WaitingBytes } from './common/transport.ts';
import type { DeltaRooms } from './delta-rooms.ts';
import { RoomNames, type Audiences } from './audiences.ts';
import { everybodyTopic, roomTopic } from './fanout.ts';
import type { FairShare } from './fair-share.ts';
import { Intake, type IntakeOwner } from './intake.ts';
import type { SocketSession } from './socket-session.ts';

/** A longer frame, in bytes or units of its text, is sent at once, and counts as a long answer. */
const LONG_FRAME = 16 * 1024;

/** So many commands of a client are taken in a turn before the clock is looked at, and again between two looks. */
const STEP = 32;
/** How long commands of one client are taken in a turn after the first {@link STEP}, in milliseconds. */
const SLICE_MS = 0.25;

const NO_COMMANDS: readonly Command[] = [];

/** Counts the errors that clients are answered. */
export interface RefusalTally {
  refused(refusal: Refusal): void;
}

/** What every session is given. */
export interface SessionParts {
  /** Long answers that a client may be owed before its next command is taken, in bytes or units of text. */
  readonly sendQueueBytes: number;
  /** Shares the turns of the event loop between all clients. */
  readonly share: FairShare;
  readonly directory: Directory;
  readonly surroundings: ConnectionSurroundings;
  readonly deltas: DeltaRooms;
  readonly audiences: Audiences;
  /** It counts the connections of each address. */
  readonly addresses: AddressLimits;
  readonly refusals?: RefusalTally | undefined;
}

/** What is known of a client before its socket opens. */
export interface NewClient extends NewConnection {
  readonly protocol: Codec;
}

/** One client's socket: the port of its connection actor, and the only holder of its raw socket. */
export class ClientSession implements SocketSession, ConnectionPort, IntakeOwner, Pace {
  readonly #options: SessionParts;
  readonly #codec: Codec;
  /** What its actor is made of; not kept when it is made. */
  #client: NewClient | undefined;
  #socket: Socket | undefined;
  /** The rooms in whose audience it is counted. */
  readonly #counted = new RoomNames();
  #actor: ConnectionRef | undefined;
  #queue: CommandQueue | undefined;
  /** A command is being taken that is alone in its frame: its answer need not wait for others. */
  #isAlone = false;
  /** The length of the long answers since the client has last taken all of them. */
  #owed = 0;
  #isHeld = false;
  /** The turn in which commands were taken last, and how many. */
  #turn = -1;
  #taken = 0;
  #sliceEnd = 0;
  /** It has had its share of that turn. */
  #hasHadShare = false;
  /** Set if the bytes of a client are bounded. */
  #rates: ConnectionRates | undefined;
  /** What waits for later turns. */
  #intake: Intake | undefined;

  constructor(options: SessionParts, client: NewClient) {
    this.#options = options;
    this.#codec = client.protocol;
    this.#client = client;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
    socket.subscribe(everybodyTopic(this.#codec));
    const { directory, surroundings } = this.#options;
    const client = this.#client;
    if (client === undefined) throw new Error('a session is opened once');
    this.#client = undefined;
    this.#options.addresses.opened(client.remoteAddress);
    this.#actor = directory.openConnection(client, this, surroundings);
    const { queue, closedWith, rates } = this.#actor.getSnapshot().context;
    this.#queue = queue;
    if (rates?.rules.bytes !== undefined) this.#rates = rates;
    // A client that is not wanted is closed before there is an actor to tell of it.
    if (closedWith !== undefined) this.#tell({ type: 'socket.closed', ...readClose(closedWith) });
  }

  received(frame: string | Uint8Array): void {
    if (this.#rates?.receive(lengthOf(frame)) === true) {
      this.#tell({ type: 'client.flooding' });
      return;
    }
    if (this.#intake !== undefined || this.isSpent()) {
      this.#defer(frame);
      return;
    }
    const commands = this.read(frame);
    const taken = this.takeSome(commands, 0);
    if (taken < commands.length) this.#beginIntake().begin(commands, taken);
  }

  /** The clock is read once for many commands. */
  isSpent(): boolean {
    const { share } = this.#options;
    const { turn } = share;
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#taken = 0;
      this.#hasHadShare = false;
      return false;
    }
    if (this.#hasHadShare) return true;
    if (this.#taken < STEP || this.#taken % STEP !== 0) return false;
    if (this.#taken === STEP) this.#sliceEnd = share.now() + SLICE_MS;
    this.#hasHadShare = share.now() >= this.#sliceEnd;
    return this.#hasHadShare;
  }

  get pace(): Pace {
    return this;
  }

  spend(): boolean {
    this.#taken += 1;
    return this.isSpent();
  }

  later(goOn: () => void): void {
    this.#options.share.add({
      takeSlice: () => {
        this.together(goOn);
        return false;
      },
    });
  }

  decode(frame: string | Uint8Array): Decoded {
    return this.#codec.decode(frame);
  }

  read(frame: string | Uint8Array): readonly Command[] {
    const decoded = this.#codec.decode(frame);
    if (!isViolation(decoded)) return decoded;
    this.#intake?.clear();
    this.#tell({ type: 'protocol.violated', close: decoded.violation });
    return NO_COMMANDS;
  }

  takeSome(commands: readonly Command[], first: number): number {
    this.#isAlone = commands.length === 1;
    // Counted (docs/decisions/0013-written-for-every-message.md).
    let index = first;
    while (index < commands.length) {
      this.#taken += 1;
      this.#queue?.take(commands[index]!);
      index += 1;
      if (this.isSpent()) break;
    }
    this.#isAlone = false;
    return index - first;
  }

  together(takeSlice: () => void): void {
    const socket = this.#socket;
    if (socket?.together === undefined) takeSlice();
    else socket.together(takeSlice);
  }

  caughtUp(): void {
    this.#intake = undefined;
  }

  #beginIntake(): Intake {
    this.#intake ??= new Intake(this, this.#options.share);
    return this.#intake;
  }

  #defer(frame: string | Uint8Array): void {
    const intake = this.#beginIntake();
    intake.add(frame);
    if (intake.length <= this.#options.surroundings.limits.receiveQueueBytes) return;
    intake.clear();
    this.#tell({ type: 'queue.overflowed' });
  }

  drained(): void {
    const isEmpty = this.#socket === undefined || this.#socket.bufferedBytes === 0;
    this.#tell({ type: isEmpty ? 'socket.drained' : 'socket.congested' });
    if (isEmpty && this.#isHeld) this.#release();
  }

  overflowed(): void {
    this.#tell({ type: 'socket.overflowed' });
  }

  evicted(waiting: WaitingBytes): void {
    this.#tell({ type: 'socket.evicted', waiting });
  }

  closed(code: number, reason: string): void {
    this.#intake?.clear();
    this.#tell({ type: 'socket.closed', code, reason });
    const { remoteAddress } = this.#actor?.getSnapshot().context ?? {};
    if (remoteAddress !== undefined) this.#options.addresses.closed(remoteAddress);
    for (const room of this.#counted.clear()) this.#options.audiences.remove(this.#codec, room);
  }

  reply(reply: Reply): void {
    if (reply.type === 'refused') this.#options.refusals?.refused(reply.refusal);
    const frames = this.#codec.encodeReply(reply);
    // A servant answers many calls at once.
    this.#sendAll(frames, reply.type === 'called');
    for (let index = 0; index < frames.length; index += 1) {
      if (isLong(frames[index]!)) this.#owe(lengthOf(frames[index]!));
    }
  }

  push(push: Push): void {
    this.#sendAll(this.#codec.encodePush(push), false);
  }

  subscribe(room: string, delta?: { readonly base: Publication | undefined }): void {
    const socket = this.#socket;
    if (socket?.isOpen !== true) return;
    const { deltas, audiences } = this.#options;
    if (this.#counted.add(room)) audiences.add(this.#codec, room);
    deltas.remove(this.#codec, room, socket);
    if (delta === undefined) {
      socket.subscribe(roomTopic(this.#codec, room));
    } else {
      socket.unsubscribe(roomTopic(this.#codec, room));
      deltas.add(this.#codec, room, socket, delta.base);
    }
  }

  unsubscribe(room: string): void {
    const socket = this.#socket;
    if (socket === undefined) return;
    const { deltas, audiences } = this.#options;
    if (this.#counted.delete(room)) audiences.remove(this.#codec, room);
    socket.unsubscribe(roomTopic(this.#codec, room));
    deltas.remove(this.#codec, room, socket);
  }

  close(close: CloseName | CustomClose, reason?: string): void {
    const { code, reason: usual } = readClose(close);
    this.#socket?.close(code, fitReason(reason ?? usual));
  }

  /** @param soon More of the kind may follow in this turn: they leave together. */
  #sendAll(frames: readonly Frame[], soon: boolean): void {
    const { joinFrames } = this.#codec;
    const waits = soon || (joinFrames !== undefined && !(this.#isAlone && frames.length === 1));
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < frames.length; index += 1) {
      if (waits && !isLong(frames[index]!)) this.#socket?.sendSoon(frames[index]!, joinFrames);
      else this.#send(frames[index]!);
    }
  }

  /** A short command may have a long answer, such as a page of a history: many of them are not all answered at once. */
  #owe(length: number): void {
    this.#owed += length;
    if (this.#isHeld || this.#owed <= this.#options.sendQueueBytes) return;
    this.#isHeld = true;
    this.#queue?.hold();
    // Others have their turn, also when the socket takes everything at once.
    setImmediate(() => {
      if (this.#isHeld && this.#socket?.bufferedBytes === 0) this.#release();
    });
  }

  #release(): void {
    this.#owed = 0;
    this.#isHeld = false;
    this.#queue?.release();
  }

  #tell(event: ConnectionEvent): void {
    if (this.#actor !== undefined) send(this.#actor, event, 'socket');
  }

  #send(frame: Frame): void {
    if (this.#socket?.send(frame) === 'queued') this.#tell({ type: 'socket.congested' });
  }
}

function readClose(close: CloseName | CustomClose): CustomClose {
  if (typeof close !== 'string') return close;
  const { code, reason } = CLOSE_CODES[close];
  return { code, reason };
}

function isLong(frame: Frame): boolean {
  return lengthOf(frame) > LONG_FRAME;
}
