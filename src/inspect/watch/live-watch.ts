/** One watch: which actors it follows, and when it sends to its page. It never sends events to actors. */

import type { Clock } from '../../system/clock.ts';
import type { EventObject } from 'xstate';
import type { ActorAddress, BatchMessage, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import { findActor, splitId, type ActorEntry, type Population } from '../population/population.ts';
import { RESTING_STATES } from '../summary/leaf-states.ts';
import type { Attachment, InspectedActor } from './attachment.ts';
import { SilentEnds } from './silent-ends.ts';
import type { Attached, HandledEvent, LifeChange, Listener, Effect } from './actor-listener.ts';
import { FollowedActor } from './followed-actors.ts';
import { FollowedActors } from './followed-actors.ts';
import { PendingItems } from './pending-items.ts';
import { covers, entriesOf, isActive, MAX_CONNECTIONS, type Scope } from './scope.ts';

/** How long items are collected for one batch. */
const BATCH_INTERVAL_MS = 50;
/** At most so many actors are described in a batch. */
const MAX_DESCRIBED = 100;
/** At most so many ended actors wait to be described; the page is not told of more. */
const MAX_GONE = 5_000;

/** A batch without the fields that the feed adds. */
export type Batch = Omit<BatchMessage, 'type' | 'id'>;

export interface WatchSink {
  /** Takes a batch. False: no more until {@link Watch.drained}; what happens until then is left out. */
  send(batch: Batch): boolean;
  /** The watch has ended because of an error in it. */
  failed(error: unknown): void;
}

export interface LiveWatchInput {
  readonly scope: Scope;
  readonly sink: WatchSink;
  readonly population: Population;
  readonly describe: (entry: ActorEntry) => WatchedActor;
  readonly redactEvent: (event: EventObject) => FeedObject;
  readonly itemsPerSecond: number;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Starts to inspect an actor for this watch. */
  readonly attach: (address: ActorAddress, actor: InspectedActor, listener: Listener) => Attachment;
  readonly release: (attachment: Attachment, listener: Listener) => void;
  /** Finds the memberships that rest now. */
  readonly settleRests: () => void;
  /** Ends the watch because of an error in it. */
  readonly fail: (error: unknown) => void;
}

export class LiveWatch implements Listener {
  readonly #input: LiveWatchInput;
  readonly #pending: PendingItems;
  readonly #followed = new FollowedActors();
  readonly #silentEnds: SilentEnds;
  #timer: unknown;

  constructor(input: LiveWatchInput) {
    this.#input = input;
    this.#pending = new PendingItems(input);
    this.#silentEnds = new SilentEnds(input.scope, input.population);
  }

  start(): void {
    const { scope, population } = this.#input;
    for (const entry of entriesOf(scope, population)) {
      if (isActive(entry)) this.#follow(entry.address, entry.actor).isTold = true;
      else this.#silentEnds.rests(entry.address.id);
    }
  }

  actors(): WatchedActor[] {
    const { scope, population, describe } = this.#input;
    return entriesOf(scope, population).map(describe);
  }

  /** The sink takes batches again. */
  drained(): void {
    this.#pending.isShut = false;
    this.#schedule();
  }

  stop(): void {
    this.#input.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const followed of this.#followed) this.#release(followed);
    this.#followed.clear();
    this.#silentEnds.clear();
    this.#pending.changed.clear();
  }

  /** An actor is being created. */
  made(address: ActorAddress, actor: InspectedActor): void {
    const { scope } = this.#input;
    if (!covers(scope, address)) return;
    this.#follow(address, actor);
    if (address.kind === 'membership' && scope.target.kind === 'room') this.#followJoiner(address);
  }

  began({ key }: Attached, at: number): void {
    const followed = this.#followed.get(key);
    if (followed !== undefined) this.#pending.began(followed, at);
  }

  affected({ key }: Attached, effect: Effect): void {
    const followed = this.#followed.get(key);
    if (followed !== undefined && !this.#hears(effect.to)) this.#pending.affected(followed, effect);
  }

  ended({ key }: Attached, handled: HandledEvent | undefined): void {
    const followed = this.#followed.get(key);
    if (followed === undefined) return;
    this.#pending.ended(followed, handled);
    this.#schedule();
  }

  lifeChanged({ key, address }: Attached, life: LifeChange): void {
    const followed = this.#followed.get(key);
    if (followed === undefined) return;
    const isTold = this.#pending.lifeChanged(followed, life);
    if (isTold) followed.isTold = true;
    this.#schedule();
    if (life.type === 'started') return;
    followed.attachment = undefined;
    if (life.type === 'rested') {
      followed.actor = undefined;
      if (isTold) this.#silentEnds.rests(address.id);
    } else this.#silentEnds.ended(address, this.#followed.connections);
    if (this.#followed.leave(followed) > MAX_GONE || !followed.isTold) this.#forget(followed);
  }

  broke(error: unknown): void {
    this.#input.fail(error);
  }

  /** Whether the receiver of an event is watched itself: the page then sees the event there. */
  #hears(to: Effect['to']): boolean {
    if ('outside' in to) return false;
    if (this.#followed.find(to)?.attachment !== undefined) return true;
    // It is watched as soon as it exists. A servant may have no proxy.
    return to.kind !== 'tarsProxy' && covers(this.#input.scope, to);
  }

  #follow(address: ActorAddress, actor: InspectedActor): FollowedActor {
    const followed = this.#followed.open(address);
    if (address.kind === 'membership' && this.#silentEnds.wakes(address.id)) followed.isTold = true;
    followed.actor = actor;
    followed.attachment = this.#input.attach(address, actor, this);
    return followed;
  }

  /** A connection joins the watched room: it is watched too, up to the limit. */
  #followJoiner(membership: ActorAddress): void {
    const { directory } = this.#input.population;
    const { part: id, room } = splitId(membership.id);
    const actor = directory.connections.get(id);
    const isLeaving = directory.rooms.get(room)?.record.roster.joined.has(id) ?? false;
    const { connections } = this.#followed;
    if (actor === undefined || isLeaving || connections.has(id) || connections.size >= MAX_CONNECTIONS)
      return;
    const { attachment } = this.#follow({ kind: 'connection', id }, actor);
    if (attachment === undefined) return;
    this.lifeChanged(attachment, { type: 'started', at: this.#input.now(), states: attachment.states });
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#pending.isShut) return;
    this.#timer = this.#input.clock.setTimeout(() => this.#flush(), BATCH_INTERVAL_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    try {
      this.#input.settleRests();
      this.#tellSilentEnds();
      const { items, skipped } = this.#pending.takeBatch();
      const actors = this.#describeChanged();
      if (items.length > 0 || skipped > 0 || actors.length > 0)
        this.#pending.isShut = !this.#input.sink.send({ items, skipped, actors });
      if (!this.#pending.isEmpty || this.#silentEnds.areLikely) this.#schedule();
    } catch (error) {
      this.#input.fail(error);
    }
  }

  #tellSilentEnds(): void {
    const { now } = this.#input;
    for (const address of this.#silentEnds.due()) {
      // The others are told in a later batch.
      if (!this.#pending.hasSpace(now())) return;
      this.#silentEnds.settled(address);
      const followed = this.#followed.find(address) ?? new FollowedActor(address);
      this.#pending.lifeChanged(followed, {
        type: 'ended',
        at: now(),
        states: followed.attachment?.states ?? RESTING_STATES.paths,
      });
      this.#release(followed);
      this.#forget(followed);
    }
  }

  /** Actors whose states are not in the items come first. */
  #describeChanged(): WatchedActor[] {
    const { changed } = this.#pending;
    const ordered = [...changed];
    if (ordered.length > MAX_DESCRIBED) ordered.sort((a, b) => Number(b.isStale) - Number(a.isStale));
    const described: WatchedActor[] = [];
    for (const followed of ordered.slice(0, MAX_DESCRIBED)) {
      changed.delete(followed);
      followed.isStale = false;
      const entry = this.#entryOf(followed);
      if (entry !== undefined) {
        described.push(this.#input.describe(entry));
        followed.isTold = true;
        if (!isActive(entry)) this.#silentEnds.rests(entry.address.id);
      }
      if (followed.attachment === undefined) this.#forget(followed);
    }
    return described;
  }

  /** Also for an actor that has ended, until the page has been told. */
  #entryOf({ address, actor }: FollowedActor): ActorEntry | undefined {
    const { population } = this.#input;
    if (actor === undefined) return findActor(population, address);
    const name = address.kind === 'room' ? address.id : splitId(address.id).room;
    const room = population.directory.rooms.get(name);
    return { address, actor, ...(room !== undefined && { room }) };
  }

  #release(followed: FollowedActor): void {
    if (followed.attachment !== undefined) this.#input.release(followed.attachment, this);
    followed.attachment = undefined;
  }

  #forget(followed: FollowedActor): void {
    this.#followed.forget(followed);
    this.#pending.changed.delete(followed);
  }
}
