/**
 * The commands of one connection, in order. A command waits here until the chart of the connection is ready for it.
 * What a command does is the chart's.
 */

import type { Command } from '../../protocol/command.ts';
import { send } from '../runtime/send.ts';
import type { Pace } from '../room/ports.ts';
import type { JoinOrder } from '../../broker/control/control.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';
import { findOperation, type UnderWay } from './under-way.ts';

/** Counted for a waiting command besides its texts, so that many tiny ones are bounded too. */
const COMMAND_OVERHEAD_BYTES = 256;

/** With so many commands that are not answered yet, further ones wait. */
const MAX_UNDER_WAY = 256;

/**
 * A room to which the server joins the connection: one of its identity or of its user, one in which its user was found
 * away after it had come back, or one that its owner names.
 */
type ServerJoin =
  | { readonly type: 'room.resume'; readonly room: string }
  | { readonly type: 'room.recall'; readonly room: string }
  | { readonly type: 'server.join'; readonly room: string; readonly joining: JoinOrder };

/** What waits: a command of the client, or a join by the server. */
export type QueuedCommand = Command | ServerJoin;

/** The chart that takes the commands. */
export interface CommandTaker extends ActorSender {
  send(event: QueuedCommand | { readonly type: 'queue.overflowed' }): void;
  /** `ready`: the next command is taken. `busy`: commands wait. Neither: commands are of no interest any more. */
  getSnapshot(): { hasTag(tag: 'ready' | 'busy'): boolean };
}

export class CommandQueue {
  readonly #taker: CommandTaker;
  readonly #underWay: readonly UnderWay[];
  readonly #limitBytes: number;
  readonly #pace: Pace | undefined;
  /** Made when it is needed: most connections never have a command that waits. */
  #waiting: WaitingCommands | undefined;
  /** A command is being taken: what comes in the course of that waits, whatever the chart says now. */
  #isTaking = false;
  /** The client has to take earlier answers first. */
  #isHeld = false;
  /** What waits goes on in a later turn. */
  #isPaused = false;
  /** The snapshot that was found ready last. Most messages do not change it, and its tags are then not read again. */
  #readyAt: object | undefined;

  /**
   * @param underWay What is not answered yet. Commands of a room wait for its join or leave.
   * @param limitBytes What may wait; with more, the chart is told `queue.overflowed`.
   * @param pace Absent: all that waits is taken as soon as it can be.
   */
  constructor(taker: CommandTaker, underWay: readonly UnderWay[], limitBytes: number, pace?: Pace) {
    this.#taker = taker;
    this.#underWay = underWay;
    this.#limitBytes = limitBytes;
    this.#pace = pace;
  }

  /** How many commands wait. */
  get waiting(): number {
    return this.#waiting?.size ?? 0;
  }

  /** Has the command taken now, or when its turn comes. */
  take(command: QueuedCommand): void {
    if (this.#isReady() && (command.type === 'pong' || !this.#hasToWait(command))) {
      this.#give(command);
      if (this.#waiting !== undefined) this.resume();
    } else {
      this.add(command);
    }
  }

  /** Lets a command wait until {@link resume}. */
  add(command: QueuedCommand): void {
    const snapshot = this.#taker.getSnapshot();
    if (!snapshot.hasTag('ready') && !snapshot.hasTag('busy')) {
      // A client that still waits for an answer is asked for signs of life to the end.
      if (command.type === 'pong' && !this.#isTaking) this.#give(command);
      return;
    }
    this.#waiting ??= new WaitingCommands();
    if (this.#waiting.add(command) <= this.#limitBytes) return;
    this.#waiting = undefined;
    send(this.#taker, { type: 'queue.overflowed' }, 'socket');
  }

  /** Lets commands wait until {@link release}: the client has not taken the answers to earlier ones. A pong never waits. */
  hold(): void {
    this.#isHeld = true;
  }

  /** The client has taken the answers. */
  release(): void {
    this.#isHeld = false;
    this.resume();
  }

  /** Lets rooms to which the server joins the connection wait before all commands of the client. */
  addFirst(rooms: Iterable<string>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const room of rooms) this.add({ type: 'room.resume', room });
    for (const command of waiting?.commands ?? []) this.add(command);
  }

  /** Forgets the joins of a room by the server that wait. */
  withdraw(room: string): void {
    if (this.#waiting?.hasOf(room) !== true) return;
    this.#waiting.dropServerJoins(room);
    if (this.#waiting.size === 0) this.#waiting = undefined;
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = undefined;
  }

  /** The chart may be ready again: has the commands taken for which it is. */
  resume(): void {
    this.#readyAt = undefined;
    for (let command = this.#next(); command !== undefined; command = this.#next()) {
      this.#give(command);
      if (this.#pace?.spend() === true && this.#waiting !== undefined) {
        this.#pause(this.#pace);
        return;
      }
    }
  }

  #pause(pace: Pace): void {
    this.#isPaused = true;
    pace.later(() => {
      this.#isPaused = false;
      this.resume();
    });
  }

  #isReady(): boolean {
    if (this.#isTaking) return false;
    const snapshot = this.#taker.getSnapshot();
    if (snapshot === this.#readyAt) return true;
    if (!snapshot.hasTag('ready')) return false;
    this.#readyAt = snapshot;
    return true;
  }

  #give(command: QueuedCommand): void {
    this.#isTaking = true;
    send(this.#taker, command, senderOf(command, this.#taker));
    this.#isTaking = false;
  }

  /**
   * Whether too much is not answered or not taken yet, a join or a leave of its room is under way, or an earlier command
   * of its room waits. A second join while the first one is under way has its answer already.
   */
  #hasToWait(command: QueuedCommand): boolean {
    if (this.#isFull()) return true;
    if (this.#underWay.length === 0 && this.#waiting === undefined) return false;
    if (!('room' in command)) return false;
    if (this.#waiting?.hasOf(command.room) === true) return true;
    const operation = findOperation(this.#underWay, command.room);
    return operation !== undefined && !(command.type === 'room.join' && operation.type === 'join');
  }

  #isFull(): boolean {
    return this.#isHeld || this.#isPaused || this.#underWay.length >= MAX_UNDER_WAY;
  }

  /** The first command that may go, taken out. Commands of one room keep their order. */
  #next(): QueuedCommand | undefined {
    if (this.#waiting === undefined || this.#isFull() || !this.#isReady()) return undefined;
    const command = this.#waiting.takeFirst((room) => isBusyWith(this.#underWay, room));
    if (this.#waiting.size === 0) this.#waiting = undefined;
    return command;
  }
}

/** Commands in the order in which they came. */
class WaitingCommands {
  readonly #commands: QueuedCommand[] = [];
  #bytes = 0;
  /** How many commands wait, by their room. */
  readonly #countOf = new Map<string, number>();

  get commands(): readonly QueuedCommand[] {
    return this.#commands;
  }

  get size(): number {
    return this.#commands.length;
  }

  hasOf(room: string): boolean {
    return this.#countOf.has(room);
  }

  /** Returns about what all of them occupy, in bytes. */
  add(command: QueuedCommand): number {
    this.#commands.push(command);
    if ('room' in command) this.#count(command.room, 1);
    this.#bytes += costOf(command);
    return this.#bytes;
  }

  /** Takes the first command out whose room is not busy, and of whose room no earlier one waits. */
  takeFirst(isBusy: (room: string) => boolean): QueuedCommand | undefined {
    const passed = new Set<string>();
    for (const [index, command] of this.#commands.entries()) {
      const room = 'room' in command ? command.room : undefined;
      if (room !== undefined && (passed.has(room) || isBusy(room))) {
        passed.add(room);
        continue;
      }
      this.#commands.splice(index, 1);
      this.#bytes -= costOf(command);
      if (room !== undefined) this.#count(room, -1);
      return command;
    }
    return undefined;
  }

  dropServerJoins(room: string): void {
    for (let index = this.#commands.length - 1; index >= 0; index -= 1) {
      const command = this.#commands[index]!;
      if (!isServerJoin(command) || !('room' in command) || command.room !== room) continue;
      this.#commands.splice(index, 1);
      this.#bytes -= costOf(command);
      this.#count(room, -1);
    }
  }

  #count(room: string, change: 1 | -1): void {
    const count = (this.#countOf.get(room) ?? 0) + change;
    if (count > 0) this.#countOf.set(room, count);
    else this.#countOf.delete(room);
  }
}

function isServerJoin({ type }: QueuedCommand): boolean {
  return type === 'room.resume' || type === 'room.recall' || type === 'server.join';
}

function senderOf(command: QueuedCommand, taker: ActorSender): Sender {
  if (command.type === 'room.resume') return taker;
  return isServerJoin(command) ? 'library' : 'socket';
}

function isBusyWith(underWay: readonly UnderWay[], room: string): boolean {
  return underWay.length > 0 && findOperation(underWay, room) !== undefined;
}

/** About what a waiting command occupies, in bytes. */
function costOf(command: QueuedCommand): number {
  switch (command.type) {
    case 'room.join':
      return COMMAND_OVERHEAD_BYTES + command.room.length + lengthOf(command.request ?? null);
    case 'server.join':
      return COMMAND_OVERHEAD_BYTES + command.room.length + lengthOf(command.joining);
    case 'room.resume':
    case 'room.recall':
    case 'room.leave':
      return COMMAND_OVERHEAD_BYTES + command.room.length;
    case 'room.publish':
      return COMMAND_OVERHEAD_BYTES + command.room.length + lengthOf(command.data);
    case 'room.call':
      return COMMAND_OVERHEAD_BYTES + command.room.length + command.method.length + lengthOf(command.args);
    case 'server.broadcast':
    case 'server.message':
      return COMMAND_OVERHEAD_BYTES + lengthOf(command.data);
    case 'server.call':
      return COMMAND_OVERHEAD_BYTES + command.method.length + lengthOf(command.data);
    case 'room.presence':
    case 'room.presenceStats':
    case 'room.history':
      return COMMAND_OVERHEAD_BYTES + command.room.length;
    case 'room.refresh':
      return COMMAND_OVERHEAD_BYTES + command.room.length + command.token.length;
    case 'connection.refresh':
      return COMMAND_OVERHEAD_BYTES + command.token.length;
    case 'connect':
      return COMMAND_OVERHEAD_BYTES + lengthOf(command.request ?? null);
    case 'ping':
    case 'pong':
    case 'command.unknown':
    case 'command.malformed':
      return COMMAND_OVERHEAD_BYTES;
  }
}

/** The length of a value as JSON. One that is nested too deep to be written counts as endless. */
function lengthOf(value: unknown): number {
  try {
    return JSON.stringify(value).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
