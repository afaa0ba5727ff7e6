/**
 * Translates the batches of a watch for Stately's inspector: actors, their events, and the snapshots after them. It
 * keeps the last known state of each actor, since that protocol sends whole snapshots.
 */

import { isInside, type Chart, type ChartState, type StatePath } from '../chart/chart.ts';
import { toXStateJson } from '../chart/formats/to-xstate-json.ts';
import type {
  ActorAddress,
  ActorStatus,
  BatchMessage,
  FeedItem,
  FeedJson,
  FeedObject,
  LifeItem,
  MachineName,
  Party,
  TransitionItem,
  WatchedActor,
} from '../feed/feed-protocol.ts';
import { STATELY_VERSION, type StatelyMachineSnapshot, type StatelyMessage } from './stately-protocol.ts';

/** At most so many actors are shown at a time: for each one, the whole machine is sent and Stately draws a chart. */
const MAX_ACTORS = 200;
/**
 * At most so many items of a batch are sent. Of the others only the result is sent. A batch comes at most every 50
 * ms.
 */
const MAX_ITEMS = 25;
/** The event of a snapshot that does not come from one single event. */
const NO_EVENT = { type: '' };

export interface StatelyTranslatorInput {
  /** The target of the watch. Memberships, moderations and questions that are watched with it are shown as its children. */
  readonly target: ActorAddress;
  readonly chartOf: (machine: MachineName) => Chart;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The kinds of actors that are shown as children of what is watched. */
const CHILDREN: ReadonlySet<string> = new Set(['membership', 'moderation', 'question']);

/** An actor as it was last sent. */
type Known = Pick<WatchedActor, 'kind' | 'id' | 'states' | 'context' | 'status' | 'error'>;

export class StatelyTranslator {
  readonly #input: StatelyTranslatorInput;
  /** By their session ids. */
  readonly #known = new Map<string, Known>();
  #messages = 0;

  constructor(input: StatelyTranslatorInput) {
    this.#input = input;
  }

  /** Announces the watched actors. A resting membership has no actor: it is announced when it has one again. */
  begin(actors: readonly WatchedActor[]): StatelyMessage[] {
    return actors.filter(({ status }) => status !== 'resting').flatMap((actor) => this.#announce(actor));
  }

  translate({ items, actors }: Omit<BatchMessage, 'type' | 'id'>): StatelyMessage[] {
    const described = new Map(actors.map((actor) => [toSessionId(actor), actor]));
    const transitions = items.filter(({ type }) => type === 'transition');
    const latest = new Map(transitions.map((item) => [toSessionId(item.actor), item.seq]));
    const told = items.slice(-MAX_ITEMS);
    const left = items.slice(0, -MAX_ITEMS).filter(({ type }) => type !== 'transition' && type !== 'effect');
    const messages = [...left, ...told].flatMap((item) => {
      const id = toSessionId(item.actor);
      // A batch describes an actor as it is at the end, which is after its last event.
      const now = latest.get(id) === item.seq ? described.get(id) : undefined;
      return this.#tell(item, now, described.get(id));
    });
    return [...messages, ...actors.flatMap((actor) => this.#correct(actor))];
  }

  #tell(item: FeedItem, now: WatchedActor | undefined, later: WatchedActor | undefined): StatelyMessage[] {
    switch (item.type) {
      case 'transition':
        return this.#take(item, now);
      case 'effect':
        return [];
      case 'started':
        return this.#announce({
          ...item.actor,
          context: later?.context ?? {},
          status: 'active',
          states: item.states,
        });
      case 'rested':
      case 'ended':
      case 'failed':
        return this.#end(item, later);
    }
  }

  #announce(actor: Known): StatelyMessage[] {
    const id = toSessionId(actor);
    if (this.#known.size >= MAX_ACTORS && !this.#known.has(id)) return [];
    this.#known.set(id, actor);
    const parentId = this.#parentOf(actor);
    return [
      {
        type: '@xstate.actor',
        ...this.#base(actor, this.#input.now()),
        name: actor.kind === actor.id ? actor.id : `${actor.kind} ${actor.id}`,
        ...(parentId !== undefined && { parentId }),
        definition: JSON.stringify(toXStateJson(this.#input.chartOf(actor.kind))),
        snapshot: this.#toSnapshot(actor),
      },
    ];
  }

  #take(item: TransitionItem, now: WatchedActor | undefined): StatelyMessage[] {
    const before = this.#known.get(toSessionId(item.actor));
    if (before === undefined) return [];
    const after: Known = now ?? { ...before, states: item.states ?? before.states };
    this.#known.set(toSessionId(item.actor), after);
    const event = { ...item.event.data, type: item.event.type };
    const sourceId = this.#sessionOf(item.source);
    const base = this.#base(item.actor, item.at);
    return [
      { type: '@xstate.event', ...base, event, ...(sourceId !== undefined && { sourceId }) },
      {
        type: '@xstate.snapshot',
        ...this.#base(item.actor, item.at),
        event,
        snapshot: this.#toSnapshot(after),
      },
    ];
  }

  #end({ actor, at, type, states, error }: LifeItem, later: WatchedActor | undefined): StatelyMessage[] {
    const id = toSessionId(actor);
    const known = this.#known.get(id);
    if (known === undefined) return [];
    this.#known.delete(id);
    // A resting membership, and a connection that has left the room, go on without being watched.
    const context = later?.context ?? known.context ?? {};
    const status =
      type === 'failed' ? 'failed' : type === 'ended' && later?.status !== 'active' ? 'done' : 'resting';
    const last: Known = { ...actor, states, context, status, ...(error !== undefined && { error }) };
    return [this.#snapshot(last, at)];
  }

  /**
   * Corrects an actor that differs from its items: items were left out, or its context has changed without an event.
   */
  #correct(actor: WatchedActor): StatelyMessage[] {
    const id = toSessionId(actor);
    const known = this.#known.get(id);
    if (known === actor) return [];
    // Its start may have been left out. An actor that has ended is not announced again.
    if (known === undefined) return actor.status === 'active' ? this.#announce(actor) : [];
    if (actor.status !== 'active') return [];
    this.#known.set(id, actor);
    return [this.#snapshot(actor, this.#input.now())];
  }

  #snapshot(actor: Known, at: number): StatelyMessage {
    return {
      type: '@xstate.snapshot',
      ...this.#base(actor, at),
      event: NO_EVENT,
      snapshot: this.#toSnapshot(actor),
    };
  }

  #toSnapshot({ kind, states, context = {}, status, error }: Known): StatelyMachineSnapshot {
    return {
      status: STATUSES[status],
      value: toStateValue(this.#input.chartOf(kind), states),
      context: context satisfies FeedObject,
      ...(error !== undefined && { error }),
    };
  }

  #base(actor: ActorAddress, at: number) {
    this.#messages += 1;
    const sessionId = toSessionId(actor);
    return {
      _version: STATELY_VERSION,
      id: String(this.#messages),
      sessionId,
      rootId: this.#parentOf(actor) ?? sessionId,
      createdAt: String(Math.trunc(at)),
    } as const;
  }

  #parentOf({ kind }: ActorAddress): string | undefined {
    const { target } = this.#input;
    const isChild = CHILDREN.has(kind) && kind !== target.kind;
    return isChild ? toSessionId(target) : undefined;
  }

  /** The session id of an actor, if it was announced: Stately's inspector knows no others. */
  #sessionOf(party: Party | undefined): string | undefined {
    if (party === undefined || 'outside' in party) return undefined;
    const id = toSessionId(party);
    return this.#known.has(id) ? id : undefined;
  }
}

const STATUSES: Readonly<Record<ActorStatus, StatelyMachineSnapshot['status']>> = {
  active: 'active',
  resting: 'stopped',
  done: 'done',
  failed: 'error',
};

function toSessionId({ kind, id }: ActorAddress): string {
  return `${kind}:${id}`;
}

/**
 * The states of an actor as XState writes them: `{ open: { flow: 'clear', work: 'busy' } }`.
 * @param leaves the active states that have no active children
 */
export function toStateValue({ root }: Chart, leaves: readonly StatePath[]): FeedJson {
  const isActive = ({ path }: ChartState): boolean =>
    leaves.some((leaf) => leaf === path || isInside(leaf, path));

  function toValue({ type, states }: ChartState): FeedJson {
    if (type === 'parallel') return Object.fromEntries(states.map((region) => [region.key, toValue(region)]));
    const active = states.find(isActive);
    if (active === undefined) return {};
    return active.states.length === 0 ? active.key : { [active.key]: toValue(active) };
  }

  return toValue(root);
}
