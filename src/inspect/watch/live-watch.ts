/** One watch: which actors it follows, and when it tells its page of them. It never speaks to an actor. */

import type { Clock } from '../../system/clock.ts';
import type { EventObject } from 'xstate';
import type { ActorAddress, BatchMessage, FeedObject, WatchedActor } from '../feed/feed-protocol.ts';
import { findInhabitant, splitId, type Inhabitant, type Population } from '../population/population.ts';
import type { Attachment, InspectedActor } from './attachment.ts';
import { Departures } from './departures.ts';
import type { Attached, Happening, Life, Listener, Speech } from './happening.ts';
import { Lane } from './lane.ts';
import { Lanes } from './lanes.ts';
import { Outbox } from './outbox.ts';
import { covers, inhabitantsOf, isActive, MAX_CONNECTIONS, type Scope } from './scope.ts';

/** How long what happens is gathered. */
const BATCH_INTERVAL_MS = 50;
/** Actors that a batch describes at most. */
const MAX_DESCRIBED = 100;
/** Actors that are gone and not told yet; of more than that the page is not told. */
const MAX_GONE = 5_000;

/** What happened, without the names that the feed gives it. */
export type Batch = Omit<BatchMessage, 'type' | 'id'>;

export interface WatchSink {
  /** Takes what happened. False: no more until {@link Watch.drained}; what happens meanwhile is left out. */
  send(batch: Batch): boolean;
  /** The watch has failed on an error of its own and is over. */
  failed(error: unknown): void;
}

export interface LiveWatchInput {
  readonly scope: Scope;
  readonly sink: WatchSink;
  readonly population: Population;
  readonly describe: (inhabitant: Inhabitant) => WatchedActor;
  readonly redactEvent: (event: EventObject) => FeedObject;
  readonly itemsPerSecond: number;
  readonly clock: Pick<Clock, 'setTimeout' | 'clearTimeout'>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Has an actor inspected, and this watch hear of it. */
  readonly attach: (address: ActorAddress, actor: InspectedActor, listener: Listener) => Attachment;
  readonly release: (attachment: Attachment, listener: Listener) => void;
  /** Looks which memberships have come to rest. */
  readonly settleRests: () => void;
  /** Ends the watch for an error of its own. */
  readonly fail: (error: unknown) => void;
}

export class LiveWatch implements Listener {
  readonly #input: LiveWatchInput;
  readonly #outbox: Outbox;
  readonly #lanes = new Lanes();
  readonly #departures: Departures;
  #timer: unknown;

  constructor(input: LiveWatchInput) {
    this.#input = input;
    this.#outbox = new Outbox(input);
    this.#departures = new Departures(input.scope, input.population);
  }

  start(): void {
    const { scope, population } = this.#input;
    for (const inhabitant of inhabitantsOf(scope, population)) {
      if (isActive(inhabitant)) this.#follow(inhabitant.address, inhabitant.actor).isTold = true;
      else this.#departures.rests(inhabitant.address.id);
    }
  }

  actors(): WatchedActor[] {
    const { scope, population, describe } = this.#input;
    return inhabitantsOf(scope, population).map(describe);
  }

  /** The sink takes batches again. */
  drained(): void {
    this.#outbox.isShut = false;
    this.#schedule();
  }

  stop(): void {
    this.#input.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const lane of this.#lanes) this.#release(lane);
    this.#lanes.clear();
    this.#departures.clear();
    this.#outbox.changed.clear();
  }

  /** An actor is being made. */
  made(address: ActorAddress, actor: InspectedActor): void {
    const { scope } = this.#input;
    if (!covers(scope, address)) return;
    this.#follow(address, actor);
    if (address.kind === 'membership' && scope.target.kind === 'room') this.#followJoiner(address);
  }

  began({ key }: Attached, at: number): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined) this.#outbox.began(lane, at);
  }

  spoke({ key }: Attached, speech: Speech): void {
    const lane = this.#lanes.get(key);
    if (lane !== undefined && !this.#hears(speech.to)) this.#outbox.spoke(lane, speech);
  }

  ended({ key }: Attached, happening: Happening | undefined): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    this.#outbox.ended(lane, happening);
    this.#schedule();
  }

  lived({ key, address }: Attached, life: Life): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) return;
    const isSaid = this.#outbox.lived(lane, life);
    if (isSaid) lane.isTold = true;
    this.#schedule();
    if (life.type === 'started') return;
    lane.attachment = undefined;
    if (life.type === 'rested') {
      lane.actor = undefined;
      if (isSaid) this.#departures.rests(address.id);
    } else this.#departures.ended(address, this.#lanes.connections);
    if (this.#lanes.leave(lane) > MAX_GONE || !lane.isTold) this.#forget(lane);
  }

  broke(error: unknown): void {
    this.#input.fail(error);
  }

  /** Whether an actor that is spoken to is heard itself. */
  #hears(to: Speech['to']): boolean {
    if ('outside' in to) return false;
    if (this.#lanes.find(to)?.attachment !== undefined) return true;
    // It is heard as soon as it is there, but a servant need not have a proxy.
    return to.kind !== 'tarsProxy' && covers(this.#input.scope, to);
  }

  #follow(address: ActorAddress, actor: InspectedActor): Lane {
    const lane = this.#lanes.open(address);
    if (address.kind === 'membership' && this.#departures.wakes(address.id)) lane.isTold = true;
    lane.actor = actor;
    lane.attachment = this.#input.attach(address, actor, this);
    return lane;
  }

  /** A connection joins the room that is watched: it is watched too, as long as there is space. */
  #followJoiner(membership: ActorAddress): void {
    const { directory } = this.#input.population;
    const { part: id, room } = splitId(membership.id);
    const actor = directory.connections.get(id);
    const isLeaving = directory.rooms.get(room)?.record.roster.joined.has(id) ?? false;
    const { connections } = this.#lanes;
    if (actor === undefined || isLeaving || connections.has(id) || connections.size >= MAX_CONNECTIONS)
      return;
    const { attachment } = this.#follow({ kind: 'connection', id }, actor);
    if (attachment === undefined) return;
    this.lived(attachment, { type: 'started', at: this.#input.now(), states: attachment.states });
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#outbox.isShut) return;
    this.#timer = this.#input.clock.setTimeout(() => this.#flush(), BATCH_INTERVAL_MS);
  }

  #flush(): void {
    this.#timer = undefined;
    try {
      this.#input.settleRests();
      this.#tellDepartures();
      const { items, skipped } = this.#outbox.takeBatch();
      const actors = this.#describeChanged();
      if (items.length > 0 || skipped > 0 || actors.length > 0)
        this.#outbox.isShut = !this.#input.sink.send({ items, skipped, actors });
      if (!this.#outbox.isEmpty || this.#departures.areLikely) this.#schedule();
    } catch (error) {
      this.#input.fail(error);
    }
  }

  #tellDepartures(): void {
    const { now } = this.#input;
    for (const address of this.#departures.due()) {
      // Whoever cannot be told of now is gone in a later batch.
      if (!this.#outbox.hasSpace(now())) return;
      this.#departures.settled(address);
      const lane = this.#lanes.find(address) ?? new Lane(address);
      this.#outbox.lived(lane, { type: 'ended', at: now(), states: lane.attachment?.states ?? RESTING });
      this.#release(lane);
      this.#forget(lane);
    }
  }

  /** First those whose states are not in the items. */
  #describeChanged(): WatchedActor[] {
    const { changed } = this.#outbox;
    const lanes = [...changed];
    if (lanes.length > MAX_DESCRIBED) lanes.sort((a, b) => Number(b.isStale) - Number(a.isStale));
    const described: WatchedActor[] = [];
    for (const lane of lanes.slice(0, MAX_DESCRIBED)) {
      changed.delete(lane);
      lane.isStale = false;
      const inhabitant = this.#inhabitantOf(lane);
      if (inhabitant !== undefined) {
        described.push(this.#input.describe(inhabitant));
        lane.isTold = true;
        if (!isActive(inhabitant)) this.#departures.rests(inhabitant.address.id);
      }
      if (lane.attachment === undefined) this.#forget(lane);
    }
    return described;
  }

  /** Also of an actor that is gone, as long as its lane is there. */
  #inhabitantOf({ address, actor }: Lane): Inhabitant | undefined {
    const { population } = this.#input;
    if (actor === undefined) return findInhabitant(population, address);
    const name = address.kind === 'room' ? address.id : splitId(address.id).room;
    const room = population.directory.rooms.get(name);
    return { address, actor, ...(room !== undefined && { room }) };
  }

  #release(lane: Lane): void {
    if (lane.attachment !== undefined) this.#input.release(lane.attachment, this);
    lane.attachment = undefined;
  }

  #forget(lane: Lane): void {
    this.#lanes.forget(lane);
    this.#outbox.changed.delete(lane);
  }
}

/** Where a resting membership is. */
const RESTING = ['joined'];
