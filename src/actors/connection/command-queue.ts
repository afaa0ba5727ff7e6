/**
 * The commands of one connection: one at work, later ones waiting in order, so that answers come in the
 * order of the questions. It holds and counts; what may happen when is the connection's chart.
 */

import type { Command } from '../../protocol/command.ts';

/** Counted for a waiting command besides its texts, so that many tiny ones are bounded too. */
const COMMAND_OVERHEAD_BYTES = 256;

type Phase =
  /** Nothing is owed to the client. */
  | 'idle'
  /** The command was handed on and may be answered before this turn ends. */
  | 'working'
  /** The turn ended without an answer; the chart is `busy`. */
  | 'awaiting';

export class CommandDesk {
  /** Calls of servants that are not answered yet: they hold up nothing. */
  calls = 0;
  #phase: Phase = 'idle';
  #waiting: { readonly command: Command; readonly cost: number }[] = [];
  #waitingBytes = 0;
  #abandoned: (() => void) | undefined;

  /** Commands that wait for an earlier one. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** A command was handed on: one answer is owed. */
  begin(): void {
    this.#phase = 'working';
  }

  /** Ends the turn; true when the answer is still owed. */
  endTurn(): boolean {
    if (this.#phase !== 'working') return false;
    this.#phase = 'awaiting';
    return true;
  }

  /** An answer came. Tells where the command was: `idle` when no answer was owed (a late or second one). */
  settle(): Phase {
    const phase = this.#phase;
    this.#phase = 'idle';
    this.#abandoned = undefined;
    return phase;
  }

  /** Whom to tell if nobody waits for the answer any more; forgotten when it comes. */
  onAbandon(callback: () => void): void {
    this.#abandoned = callback;
  }

  /** Nobody waits for the answer any more. */
  abandon(): void {
    this.#abandoned?.();
    this.#abandoned = undefined;
  }

  hold(command: Command): void {
    const cost = costOf(command);
    this.#waiting.push({ command, cost });
    this.#waitingBytes += cost;
  }

  /** Whether one more command may wait when `limitBytes` may. */
  hasSpace(command: Command, limitBytes: number): boolean {
    return this.#waitingBytes + costOf(command) <= limitBytes;
  }

  /** The command that waited longest, taken out; none while an answer is owed. */
  next(): Command | undefined {
    if (this.#waiting.length === 0 || this.#phase !== 'idle') return undefined;
    const first = this.#waiting.shift();
    if (first === undefined) return undefined;
    this.#waitingBytes -= first.cost;
    return first.command;
  }
}

/** About what a waiting command occupies, in bytes. */
function costOf(command: Command): number {
  switch (command.type) {
    case 'room.join':
    case 'room.leave':
      return COMMAND_OVERHEAD_BYTES + command.room.length;
    case 'room.publish':
      return COMMAND_OVERHEAD_BYTES + command.room.length + JSON.stringify(command.data).length;
    case 'room.call':
      return (
        COMMAND_OVERHEAD_BYTES +
        command.room.length +
        command.method.length +
        JSON.stringify(command.args).length
      );
    case 'server.broadcast':
      return COMMAND_OVERHEAD_BYTES + JSON.stringify(command.data).length;
    case 'ping':
    case 'command.unknown':
    case 'command.malformed':
      return COMMAND_OVERHEAD_BYTES;
  }
}
