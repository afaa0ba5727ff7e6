/**
 * What one client has sent and the server has not taken yet: more than its share of a turn of the event loop. What comes
 * later waits behind it, in order.
 */

import { isViolation, type Decoded } from '../protocol/codec.ts';
import type { Command } from '../protocol/command.ts';
import { Fifo } from '../system/fifo.ts';
import type { Backlog, FairShare } from './fair-share.ts';

/** What a frame takes besides its content, at least: its head, as it came. */
const FRAME_HEAD = 6;

/** A longer frame is not a pong alone. */
const LONGEST_PONG = 4;

/** The client, as its intake sees it. */
export interface IntakeOwner {
  /** Whether the client has had its share of this turn. */
  isSpent(): boolean;
  decode(frame: string | Uint8Array): Decoded;
  /** What a frame contains. Nothing of one that breaks the protocol, which ends the connection. */
  read(frame: string | Uint8Array): readonly Command[];
  /** Takes commands of a frame from a first one on, as far as the share goes. Returns how many. */
  takeSome(commands: readonly Command[], first: number): number;
  /** Runs what takes a slice: what the client is sent meanwhile leaves together. */
  together(takeSlice: () => void): void;
  /** Nothing waits any more. */
  caughtUp(): void;
}

export class Intake implements Backlog {
  readonly #owner: IntakeOwner;
  readonly #frames = new Fifo<string | Uint8Array>();
  #length = 0;
  /** The commands of the frame that has begun. */
  #begun: readonly Command[] = [];
  #next = 0;

  /** @param share What has slices taken from the next turn on. */
  constructor(owner: IntakeOwner, share: FairShare) {
    this.#owner = owner;
    share.add(this);
  }

  /** What waits, in bytes or units of text, with the heads of frames. */
  get length(): number {
    return this.#length;
  }

  /** Has the rest of a frame wait, before all others. */
  begin(commands: readonly Command[], first: number): void {
    this.#begun = commands;
    this.#next = first;
  }

  /** Has a frame wait. A pong does not: a client that waits for its answers is still there. */
  add(frame: string | Uint8Array): void {
    if (frame.length <= LONGEST_PONG) {
      const decoded = this.#owner.decode(frame);
      if (!isViolation(decoded) && decoded.length === 1 && decoded[0]!.type === 'pong') {
        this.#owner.takeSome(decoded, 0);
        return;
      }
    }
    this.#length += frame.length + FRAME_HEAD;
    // The memory of a binary frame is the transport's.
    this.#frames.add(typeof frame === 'string' ? frame : frame.slice());
  }

  /** Forgets what waits. */
  clear(): void {
    this.#frames.clear();
    this.#length = 0;
    this.begin([], 0);
  }

  takeSlice(): boolean {
    this.#owner.together(() => {
      while (!this.#owner.isSpent() && this.#takeNext());
    });
    if (this.#next < this.#begun.length || this.#frames.size > 0) return true;
    this.#owner.caughtUp();
    return false;
  }

  /** Returns whether there was something to take. */
  #takeNext(): boolean {
    if (this.#next === this.#begun.length) {
      const frame = this.#frames.take();
      if (frame === undefined) return false;
      this.#length -= frame.length + FRAME_HEAD;
      this.begin(this.#owner.read(frame), 0);
    }
    const commands = this.#begun;
    const first = this.#next;
    // If it throws, the rest of this frame is forgotten.
    this.#next = commands.length;
    const taken = this.#owner.takeSome(commands, first);
    if (this.#begun === commands) this.#next = first + taken;
    return true;
  }
}
