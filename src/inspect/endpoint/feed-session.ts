/**
 * The socket of one inspector page: reads its requests and sends the answers and the batches of its watches. The
 * answers come from outside.
 */

import type { Clock } from '../../system/clock.ts';
import type { Refusal } from '../../protocol/errors.ts';
import { readFrame } from '../../protocol/text.ts';
import type { Socket } from '../../transport/common/transport.ts';
import type { FeedAnswers } from './feed-answers.ts';
import type { CatalogueRequest, FeedMessage, FeedRequest } from '../feed/feed-protocol.ts';
import type { WatchSink } from '../watch/live-watch.ts';
import { InspectorSession, type SessionListener } from './inspector-session.ts';
import { readRequest } from './read-request.ts';

/** The `hello` must come within this time. */
const HELLO_WITHIN_MS = 5_000;
/** At most so many watches are open at a time. */
const MAX_WATCHES = 16;
/** At most so many `control` commands run at a time. */
const MAX_CONTROLS = 16;
/** At most so many reads of rooms are under way at a time: a broker or a presence may take its time. */
const MAX_READS = 8;

/** Why the server closes an inspector's socket, besides the codes that all sockets have. */
const FEED_CLOSE_CODES = {
  /** The first frame was not a `hello`, or did not come in time. */
  badRequest: { code: 4400, reason: 'say hello first' },
  /** Its token is wrong or missing. */
  unauthorized: { code: 4401, reason: 'unauthorized' },
} as const;

export interface FeedSessionInput extends SessionListener {
  readonly answers: FeedAnswers;
  /** Of the page. */
  readonly remoteAddress: string;
  /** Whether a page with this token may watch. */
  readonly allows: (token: string | undefined) => boolean;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Called with errors, which are bugs in here or in the answers. The page is told that its request has failed. */
  readonly onError: (error: unknown) => void;
}

export class FeedSession extends InspectorSession {
  readonly #input: FeedSessionInput;
  #isGreeted = false;
  #helloTimer: unknown;
  #controls = 0;
  #reads = 0;
  #isListing = false;
  /** The catalogue request that comes next, when the current one is done. */
  #nextList: CatalogueRequest | undefined;

  constructor(input: FeedSessionInput) {
    super(input);
    this.#input = input;
  }

  override opened(socket: Socket): void {
    this.#helloTimer = this.#input.clock.setTimeout(
      () => this.#closeWith('badRequest', 'no hello came in time'),
      HELLO_WITHIN_MS,
    );
    super.opened(socket);
  }

  received(frame: string | Uint8Array): void {
    const read = readRequest(readFrame(frame));
    if (!this.#isGreeted) {
      this.#begin(read.ok ? read.request : undefined);
    } else if (read.ok) {
      this.#answer(read.request);
    } else {
      this.#refuse(read.id, read.error);
    }
  }

  override closed(): void {
    this.#input.clock.clearTimeout(this.#helloTimer);
    this.#nextList = undefined;
    super.closed();
  }

  #begin(request: FeedRequest | undefined): void {
    if (request?.type !== 'hello') {
      this.#closeWith('badRequest', 'the first frame must be a hello');
    } else if (!this.#input.allows(request.token)) {
      this.#closeWith(
        'unauthorized',
        request.token === undefined ? 'a token is needed' : 'the token is wrong',
      );
    } else {
      this.#isGreeted = true;
      this.#input.clock.clearTimeout(this.#helloTimer);
      this.#send(this.#input.answers.welcome());
    }
  }

  #closeWith(why: keyof typeof FEED_CLOSE_CODES, error: string): void {
    this.#refuse(undefined, error);
    this.close(FEED_CLOSE_CODES[why]);
  }

  #answer(request: FeedRequest): void {
    const id = 'id' in request ? request.id : undefined;
    try {
      this.#dispatch(request);
    } catch (error) {
      this.#fail(id, error);
    }
  }

  #dispatch(request: FeedRequest): void {
    const { answers } = this.#input;
    switch (request.type) {
      case 'hello':
        this.#refuse(undefined, 'hello was said before');
        return;
      case 'catalogue':
        this.#list(request);
        return;
      case 'chart':
        this.#send({ type: 'chart', id: request.id, chart: answers.chart(request.machine) });
        return;
      case 'watch':
        this.#watch(request);
        return;
      case 'unwatch':
        this.#unwatch(request.id);
        return;
      case 'history': {
        const { id, actor } = request;
        const history = answers.history(actor);
        if (history === undefined) this.#refuse(id, `nothing is known of ${actor.kind} ${actor.id}`);
        else this.#send({ type: 'history', id, history });
        return;
      }
      case 'members': {
        const { id, room, limit } = request;
        const members = answers.members(room, limit);
        if (members === undefined) this.#refuse(id, `there is no room ${room}`);
        else this.#send({ type: 'members', id, ...members });
        return;
      }
      case 'settings': {
        const { id, room } = request;
        const settings = answers.settings(room);
        if (settings === undefined) this.#refuse(id, `there is no room ${room}`);
        else this.#send({ type: 'settings', id, ...settings });
        return;
      }
      case 'acts':
        this.#send({ type: 'acts', id: request.id, acts: answers.acts(request.room) });
        return;
      case 'presence': {
        const { type, id, ...asked } = request;
        this.#readLater(
          id,
          () => answers.presence(asked),
          (page) => this.#send({ type, id, ...page }),
        );
        return;
      }
      case 'publications': {
        const { type, id, ...asked } = request;
        this.#readLater(
          id,
          () => answers.publications(asked),
          (page) => this.#send({ type, id, ...page }),
        );
        return;
      }
      case 'problems': {
        const { type, id, ...asked } = request;
        this.#readLater(
          id,
          () => answers.problems(asked),
          (found) => this.#send({ type, id, ...found }),
        );
        return;
      }
      case 'control':
        this.#control(request);
    }
  }

  /** One catalogue request at a time. Of those that wait only the latest is answered, the others are refused. */
  #list(request: CatalogueRequest): void {
    if (this.#isListing) {
      if (this.#nextList !== undefined) this.#refuse(this.#nextList.id, 'a later request came in its place');
      this.#nextList = request;
      return;
    }
    this.#isListing = true;
    this.#input.answers
      .catalogue(request)
      .then(
        (message) => this.#send(message),
        (error: unknown) => this.#fail(request.id, error),
      )
      .finally(() => {
        this.#isListing = false;
        const next = this.#nextList;
        this.#nextList = undefined;
        if (next !== undefined) this.#answer(next);
      });
  }

  #watch({ id, actor, related }: Extract<FeedRequest, { type: 'watch' }>): void {
    if (this.watches.has(id)) return this.#refuse(id, `${id} is watched already`);
    if (this.watches.size >= MAX_WATCHES) {
      return this.#refuse(id, `${MAX_WATCHES} watches are open already`);
    }
    const watch = this.#input.answers.watch(actor, related, this.#createSink(id));
    if (watch === 'unknown') return this.#refuse(id, `there is no ${actor.kind} ${actor.id}`);
    this.watches.set(id, watch);
    this.#send({ type: 'watching', id, actors: watch.actors() });
  }

  #createSink(id: number): WatchSink {
    return {
      send: (batch) => {
        this.#send({ type: 'batch', id, ...batch });
        return this.hasSpace();
      },
      failed: () => {
        this.watches.delete(id);
        this.#refuse(id, 'the watch has failed and is over');
      },
    };
  }

  #unwatch(id: number): void {
    const watch = this.watches.get(id);
    if (watch === undefined) return this.#refuse(id, `${id} is not watched`);
    this.watches.delete(id);
    watch.stop();
    this.#send({ type: 'done', id });
  }

  #control({ id, actor, command }: Extract<FeedRequest, { type: 'control' }>): void {
    if (this.#controls >= MAX_CONTROLS) {
      return this.#refuse(id, `${MAX_CONTROLS} commands are under way already`);
    }
    this.#controls += 1;
    this.#input.answers
      .control(actor, command, this.#input.remoteAddress)
      .then(
        (refused) => (refused === undefined ? this.#send({ type: 'done', id }) : this.#refuse(id, refused)),
        (error: unknown) => this.#fail(id, error),
      )
      .finally(() => {
        this.#controls -= 1;
      });
  }

  #readLater<Told extends object>(
    id: number,
    read: () => Promise<Told | { readonly refusal: Refusal }>,
    tell: (told: Told) => void,
  ): void {
    if (this.#reads >= MAX_READS) {
      return this.#refuse(id, `${MAX_READS} reads of rooms are under way already`);
    }
    this.#reads += 1;
    read()
      .then(
        (told) => ('refusal' in told ? this.#refuse(id, told.refusal.message) : tell(told)),
        (error: unknown) => this.#fail(id, error),
      )
      .finally(() => {
        this.#reads -= 1;
      });
  }

  #fail(id: number | undefined, error: unknown): void {
    this.#refuse(id, 'this has failed; the log of the server tells why');
    this.#input.onError(error);
  }

  #refuse(id: number | undefined, error: string): void {
    this.#send({ type: 'refused', ...(id !== undefined && { id }), error });
  }

  #send(message: FeedMessage): void {
    this.send(message);
  }
}
