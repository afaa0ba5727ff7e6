/**
 * Finds out how the stream of a room goes on for a client that joins: where it stands, and what the client has missed.
 * Recovery is all or nothing (the Centrifuge protocol says so). It knows no sockets and no memberships.
 */

import type { Broker, History, HistoryQuery } from '../../../broker/broker.ts';
import type { Publication, StreamPosition, StreamRequest, StreamStart } from '../../../protocol/command.ts';
import type { Tap, Taps } from './taps.ts';

/** With more publications than this a client is not recovered; it is also the longest page of history. */
export const MAX_PAGE = 300;

/** What a room's stream offers. */
export interface StreamOffer {
  /** The latest publications that are kept; 0: none, and then clients get no position. */
  readonly size: number;
  /** Whether a client that comes back gets what it missed; `cache`: a client that joins gets the latest publication. */
  readonly recover: boolean | 'cache';
  /** Whether publications may be sent as fossil deltas. */
  readonly delta: boolean;
}

export interface StreamReadingInput {
  readonly room: string;
  readonly request: StreamRequest;
  readonly offer: StreamOffer;
  readonly broker: Pick<Broker, 'history'>;
  readonly taps: Taps;
}

export class StreamReading {
  readonly #input: StreamReadingInput;
  /** What a broker that takes time has answered. */
  #history: History | undefined;
  /** What was published since the broker was asked. */
  #tap: Tap | undefined;

  constructor(input: StreamReadingInput) {
    this.#input = input;
  }

  /**
   * Asks the broker. To be called when this node hears the room. A promise if the broker takes time; without one,
   * everything is read at the end.
   */
  prepare(): Promise<void> | undefined {
    const { room, offer, taps } = this.#input;
    if (offer.size === 0) return undefined;
    const tap = taps.open(room);
    let answer: History | Promise<History>;
    try {
      answer = this.#ask();
    } catch (error) {
      tap.close();
      throw error;
    }
    if (!(answer instanceof Promise)) {
      tap.close();
      return undefined;
    }
    this.#tap = tap;
    return answer.then((history) => {
      this.#history = history;
    });
  }

  /** Whether the client insists on a recovery that is not possible. */
  get isUnrecoverable(): boolean {
    const { request, offer } = this.#input;
    if (request.mustRecover !== true || request.since === undefined) return false;
    if (offer.size === 0 || !offer.recover) return true;
    return missedSince(request.since, this.#read()) === undefined;
  }

  /**
   * How the stream goes on, from this turn on: the client must be subscribed in the same turn. Undefined if the broker
   * has lost something in the meantime.
   * @param mayRecover The client is recovered also where the room does not offer it.
   */
  finish(mayRecover = false): StreamStart | undefined {
    const { request, offer } = this.#input;
    const recover = offer.recover === false ? mayRecover : offer.recover;
    const tapped = this.#tap?.publications ?? [];
    this.cancel();
    const delta = offer.delta && request.delta === true;
    if (offer.size === 0) return { ...NO_POSITION, delta };
    const history = this.#read();
    const later = tapped.filter(({ offset }) => offset > history.offset);
    if (hasHole(history, later)) return undefined;
    const top = { offset: later.at(-1)?.offset ?? history.offset, epoch: history.epoch };
    const { since } = request;
    const start = {
      positioned: true,
      recoverable: recover !== false,
      wasRecovering: since !== undefined,
      delta,
    };
    if (offer.recover === 'cache') {
      const latest = later.at(-1) ?? history.publications[0];
      const isKnown = since !== undefined && since.offset === top.offset && fits(since, top);
      const publications = latest === undefined || isKnown ? [] : [latest];
      return { ...start, ...top, recovered: isKnown || publications.length > 0, publications };
    }
    const missed = since === undefined || !recover ? undefined : missedSince(since, history, later);
    if (since === undefined || missed === undefined) {
      return { ...start, ...top, recovered: false, publications: [] };
    }
    return { ...start, offset: since.offset, epoch: top.epoch, recovered: true, publications: missed };
  }

  /** Keeps nothing any more. */
  cancel(): void {
    this.#tap?.close();
    this.#tap = undefined;
  }

  #read(): History {
    if (this.#history !== undefined) return this.#history;
    const answer = this.#ask();
    if (answer instanceof Promise) throw new Error('the broker was not asked before');
    return answer;
  }

  #ask(): History | Promise<History> {
    const { broker, room } = this.#input;
    return broker.history(room, this.#query());
  }

  #query(): HistoryQuery {
    const { request, offer } = this.#input;
    if (offer.recover === 'cache') return { limit: 1, reverse: true };
    if (request.since === undefined) return { limit: 0 };
    return { since: request.since, limit: MAX_PAGE + 1 };
  }
}

const NO_POSITION = {
  positioned: false,
  recoverable: false,
  wasRecovering: false,
  recovered: false,
  offset: 0,
  epoch: '',
  publications: [],
} as const;

/** An empty epoch fits any. */
function fits(since: StreamPosition, { epoch }: StreamPosition): boolean {
  return since.epoch === '' || since.epoch === epoch;
}

/** All publications after a position, or undefined if they are not all there. */
function missedSince(
  since: StreamPosition,
  history: History,
  later: readonly Publication[] = [],
): readonly Publication[] | undefined {
  if (!fits(since, history)) return undefined;
  const missed = [...history.publications, ...later];
  const top = later.at(-1)?.offset ?? history.offset;
  if (missed.length > MAX_PAGE || missed.length !== top - since.offset) return undefined;
  return missed.every(({ offset }, index) => offset === since.offset + 1 + index) ? missed : undefined;
}

/** Whether what came after the history was read does not follow it. */
function hasHole({ offset: top, epoch }: StreamPosition, later: readonly Publication[]): boolean {
  return later.some(
    (publication, index) => publication.offset !== top + 1 + index || publication.epoch !== epoch,
  );
}
