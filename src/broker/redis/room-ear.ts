/**
 * What a node hears of one room: it brings publications in the order of the stream, each once, and reads the stream where
 * messages were lost on their way.
 */

import type { BrokerListener, History, Position } from '../broker.ts';
import { readMember, readMessage, readPublication, type LiveMessage } from './live-message.ts';

export interface EarSurroundings {
  readonly listeners: readonly BrokerListener[];
  /** Reads the stream of a room after a position. */
  read(room: string, since: Position): Promise<History>;
  /** A message is of a format that this version does not know. */
  onUnknown(): void;
}

export class RoomEar {
  readonly #room: string;
  readonly #around: EarSurroundings;
  /** Up to where all was brought. The epoch is empty until that is known, and where nothing is kept. */
  #epoch = '';
  #offset = 0;
  #time = 0;
  /** Messages that have come while the stream is read; undefined while it is not. */
  #held: LiveMessage[] | undefined;
  #isClosed = false;

  constructor(room: string, around: EarSurroundings) {
    this.#room = room;
    this.#around = around;
  }

  get position(): Position | undefined {
    return this.#epoch === '' ? undefined : { offset: this.#offset, epoch: this.#epoch };
  }

  /** When what was brought last was published, by the clock of Redis; 0 if that is not known. */
  get time(): number {
    return this.#time;
  }

  /** The stream is heard from here on, unless a publication has come already. */
  begin(position: Position): void {
    if (this.#epoch === '') this.#goTo(position);
  }

  close(): void {
    this.#isClosed = true;
    this.#held = undefined;
  }

  hear(text: string): void {
    if (this.#isClosed) return;
    const message = readMessage(text);
    if (message === undefined) {
      this.#around.onUnknown();
      return;
    }
    if (this.#held !== undefined) this.#held.push(message);
    else if (this.#jumps(message)) void this.#fill([message]);
    else this.#bring(message);
  }

  /** Brings what the stream has after what was heard. */
  catchUp(): Promise<void> {
    return this.#held === undefined ? this.#fill([]) : Promise.resolve();
  }

  /** Whether the stream is known to be further than what was brought. */
  isBehind({ offset, epoch }: Position): boolean {
    return this.#epoch !== '' && (this.#epoch !== epoch || this.#offset < offset);
  }

  #goTo({ offset, epoch, time = 0 }: Position & { readonly time?: number | undefined }): void {
    this.#offset = offset;
    this.#epoch = epoch;
    this.#time = time;
  }

  #jumps({ first, epoch }: LiveMessage): boolean {
    return first > this.#offset + 1 && this.#epoch === epoch && epoch !== '';
  }

  async #fill(held: LiveMessage[]): Promise<void> {
    const since = this.position;
    if (since === undefined) return;
    this.#held = held;
    const history = await this.#around.read(this.#room, since).catch(() => undefined);
    if (this.#isClosed) return;
    if (history !== undefined) this.#merge(since, history);
    // What still jumps is brought as it is: whoever watches for gaps finds one.
    this.#held = undefined;
    for (const message of held) this.#bring(message);
  }

  #merge({ offset, epoch }: Position, { publications, offset: top, epoch: now }: History): void {
    for (const publication of publications) {
      if (publication.offset <= offset || now !== epoch) continue;
      this.#goTo(publication);
      for (const listener of this.#around.listeners) listener.publication(publication);
    }
    if (this.#epoch === now && this.#offset >= top) return;
    const position = { offset: top, epoch: now };
    this.#goTo(position);
    for (const listener of this.#around.listeners) listener.missed?.(this.#room, position);
  }

  #bring({ first, epoch, time, lines }: LiveMessage): void {
    const room = this.#room;
    const { listeners } = this.#around;
    let offset = first;
    for (const line of lines) {
      switch (line.charAt(0)) {
        case 'k': {
          if (this.#epoch !== epoch || offset > this.#offset) {
            const publication = readPublication(room, line, 1, offset, epoch, time);
            this.#goTo(publication);
            for (const listener of listeners) listener.publication(publication);
          }
          offset += 1;
          break;
        }
        case 's': {
          const publication = readPublication(room, line, 1, 0, '', time);
          for (const listener of listeners) listener.publication(publication);
          break;
        }
        case 'j': {
          const member = readMember(line.slice(1));
          for (const listener of listeners) listener.joined?.(room, member);
          break;
        }
        case 'l': {
          const member = readMember(line.slice(1));
          for (const listener of listeners) listener.left?.(room, member);
          break;
        }
        default:
          this.#around.onUnknown();
      }
    }
  }
}
