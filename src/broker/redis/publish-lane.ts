/**
 * What a node says in one room, in order. One call of the script is under way at a time; what comes meanwhile gathers, and
 * goes with the next one. A call whose outcome is unknown is repeated under its number, which the script knows.
 */

import { RedisDownError, RedisLostError, type Redis, type RedisReply } from '../../redis/redis.ts';
import type { Clock } from '../../system/clock.ts';
import type { Accepted, HistoryLimits, Position } from '../broker.ts';
import { writeMessage } from './live-message.ts';
import { PUBLISH_SCRIPT } from './publish-script.ts';

/** What goes in one call. */
const MOST_ITEMS = 128;
const MOST_CHARS = 256 * 1024;

/** How long a publication may take, in milliseconds. */
const DEADLINE_MS = 10_000;
/** How soon a call with an unknown outcome is repeated, in milliseconds. */
const REPEAT_MS = 100;

/** Where what the node has heard stands among the arguments of the script. */
const HEARD_AT = 7;

const NOT_KEPT: Accepted = { offset: 0, epoch: '' };
const OVER_RATE: Accepted = { offset: 0, epoch: '', isOverRate: true };

/** A publication, join or leave. */
export interface LaneItem {
  /** Its letter and its body (live-message.ts). */
  readonly line: string;
  /** Present: the stream keeps it, as its letter says. */
  readonly history: HistoryLimits | undefined;
  /** What the script is asked besides, as its arguments. */
  readonly asked: readonly string[] | undefined;
  /** The key of its result. */
  readonly resultKey: string | undefined;
  readonly resolve: (accepted: Accepted) => void;
  readonly reject: (error: unknown) => void;
}

/** What all lanes of a broker have in common. */
export interface LaneSurroundings {
  readonly redis: Redis;
  readonly clock: Clock;
  readonly publishWord: string;
  /** Names this node in positions. */
  readonly nodeField: string;
  nextNumber(): number;
  newEpoch(): string;
  /** Up to where this node has heard the stream of a room. */
  heard(room: string): Position | undefined;
  /** How long a position lives, in milliseconds. */
  readonly positionMs: number;
  /** The lane has nothing to do any more. */
  onIdle(room: string): void;
}

export interface LaneKeys {
  readonly position: string;
  readonly stream: string;
  readonly live: string;
}

export class PublishLane {
  readonly #room: string;
  readonly #keys: LaneKeys;
  readonly #around: LaneSurroundings;
  #waiting: LaneItem[] = [];
  #isBusy = false;
  #idle: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;

  constructor(room: string, keys: LaneKeys, around: LaneSurroundings) {
    this.#room = room;
    this.#keys = keys;
    this.#around = around;
  }

  /** @returns whether it is to be flushed at the end of this turn. */
  add(item: LaneItem): boolean {
    this.#waiting.push(item);
    return this.#waiting.length === 1 && !this.#isBusy;
  }

  /** Resolves when all that has been added is done. */
  untilIdle(): Promise<void> {
    if (this.#idle === undefined) {
      let resolve!: () => void;
      const promise = new Promise<void>((done) => (resolve = done));
      this.#idle = { promise, resolve };
    }
    return this.#idle.promise;
  }

  flush(): void {
    while (!this.#isBusy && this.#waiting.length > 0) {
      const items = this.#take();
      if (items.some(({ history, asked }) => history !== undefined || asked !== undefined)) {
        this.#isBusy = true;
        void this.#call(items);
      } else {
        this.#send(items);
      }
    }
    if (this.#isBusy) return;
    this.#idle?.resolve();
    this.#idle = undefined;
    this.#around.onIdle(this.#room);
  }

  /** All that may go in one call. The script keeps a history of one size. */
  #take(): LaneItem[] {
    const waiting = this.#waiting;
    let history: HistoryLimits | undefined;
    let count = 0;
    let chars = 0;
    for (; count < waiting.length && count < MOST_ITEMS; count += 1) {
      const item = waiting[count]!;
      chars += item.line.length;
      if (count > 0 && chars > MOST_CHARS) break;
      if (item.history === undefined) continue;
      history ??= item.history;
      if (history.size !== item.history.size || history.ttlMs !== item.history.ttlMs) break;
    }
    if (count === waiting.length) {
      this.#waiting = [];
      return waiting;
    }
    return waiting.splice(0, count);
  }

  /** Nothing of it is kept, and no script is needed. */
  #send(items: readonly LaneItem[]): void {
    const { redis, clock } = this.#around;
    const message = writeMessage(
      items.map(({ line }) => line),
      clock.now(),
    );
    redis.publish(this.#keys.live, message).then(
      () => items.forEach(({ resolve }) => resolve(NOT_KEPT)),
      (error: unknown) => items.forEach(({ reject }) => reject(error)),
    );
  }

  async #call(items: readonly LaneItem[]): Promise<void> {
    try {
      settle(items, await this.#runInTime(items));
    } catch (error) {
      for (const { reject } of items) reject(error);
    }
    this.#isBusy = false;
    this.flush();
  }

  /** A late answer is not waited for: the next call has a higher number, and the script does none that comes after it. */
  #runInTime(items: readonly LaneItem[]): Promise<RedisReply> {
    const { clock } = this.#around;
    const { keys, args } = this.#toCall(items);
    const over = { isOver: false };
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => {
        over.isOver = true;
        reject(new Error(`no answer within ${DEADLINE_MS / 1000} seconds`));
      }, DEADLINE_MS);
      this.#run(keys, args, over)
        .then(resolve, reject)
        .finally(() => clock.clearTimeout(timer));
    });
  }

  async #run(
    keys: readonly string[],
    args: string[],
    over: { readonly isOver: boolean },
  ): Promise<RedisReply> {
    const { redis, clock } = this.#around;
    let isUnknown = false;
    for (;;) {
      const { epoch = '', offset = 0 } = this.#around.heard(this.#room) ?? {};
      args[HEARD_AT] = epoch;
      args[HEARD_AT + 1] = String(offset);
      try {
        return await redis.run(PUBLISH_SCRIPT, keys, args);
      } catch (error) {
        if (error instanceof RedisLostError) isUnknown = true;
        else if (!isUnknown || !(error instanceof RedisDownError)) throw error;
      }
      await new Promise<void>((resolve) => void clock.setTimeout(resolve, REPEAT_MS));
      if (over.isOver) return null;
    }
  }

  #toCall(items: readonly LaneItem[]): { readonly keys: string[]; readonly args: string[] } {
    const { publishWord, nodeField, positionMs } = this.#around;
    const { position, stream, live } = this.#keys;
    const { size = 0, ttlMs = 0 } = items.find(({ history }) => history !== undefined)?.history ?? {};
    const keys = [position, stream, live];
    const life = Math.max(positionMs, 2 * ttlMs);
    const args = [
      publishWord,
      nodeField,
      String(this.#around.nextNumber()),
      String(size),
      String(ttlMs),
      String(life),
      this.#around.newEpoch(),
      '',
      '',
    ];
    for (const { asked, resultKey, line } of items) {
      if (resultKey !== undefined) keys.push(resultKey);
      if (asked !== undefined) args.push(...asked);
      args.push(line);
    }
    return { keys, args };
  }
}

/** Tells each item what the script has answered. */
function settle(items: readonly LaneItem[], reply: RedisReply): void {
  const [epoch, first, detail] = reply as [string, number, string];
  const words = detail === '' ? undefined : detail.split(' ');
  let offset = first;
  let index = 0;
  for (const { line, history, resolve } of items) {
    if (!isPublication(line)) {
      resolve(NOT_KEPT);
      continue;
    }
    const word = words?.[index] ?? (history === undefined ? 's' : 'k');
    index += 1;
    switch (word.charAt(0)) {
      case 'k':
        resolve({ offset, epoch });
        offset += 1;
        break;
      case 'o':
        resolve({ offset: Number(word.slice(1)), epoch, isOutdated: true });
        break;
      case 'r':
        resolve(OVER_RATE);
        break;
      case 'd': {
        const [before, its] = word.slice(1).split(':');
        resolve({ offset: Number(before), epoch: its ?? '', isRepeated: true });
        break;
      }
      default:
        resolve(NOT_KEPT);
    }
  }
}

function isPublication(line: string): boolean {
  return line.startsWith('k') || line.startsWith('s');
}
