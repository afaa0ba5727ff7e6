/**
 * The inspection of one actor: combines what XState tells about it, event by event. Listeners are called while the
 * actor is working, so they must not send events to actors.
 */

import type {
  AnyActorRef,
  AnyMachineSnapshot,
  AnyTransitionDefinition,
  EventObject,
  InspectionEvent,
  Subscription,
} from 'xstate';
import { snapshotOf } from '../../actors/runtime/live-machine.ts';
import type { Sender } from '../../actors/runtime/sender.ts';
import type { StatePath } from '../chart/chart.ts';
import type { ActorAddress, Party } from '../feed/feed-protocol.ts';
import { toStatePaths, type StateNodes } from '../population/state-paths.ts';
import { invokedBy, isSame, sourceOf, usualSource, type Receiver } from './event-source.ts';
import type { HandledEvent, LifeChange, Listener } from './actor-listener.ts';
import type { Inspected, Inspections } from './inspections.ts';
import { StepLog } from './step-log.ts';
import { usesOf } from './outside.ts';
import type { WorkStack } from './work-stack.ts';

export type InspectedActor = AnyActorRef & { getSnapshot(): AnyMachineSnapshot };

/** What attachments share. */
export interface AttachmentContext {
  readonly inspections: Inspections;
  readonly now: () => number;
  readonly work: WorkStack<Attachment>;
  readonly describeError: (error: unknown) => string;
  /** Who sends this event, if the door has named the sender. XState tells of the event right after. */
  readonly senderOf: (event: EventObject) => Sender | undefined;
  /** The inspection of the actor has ended. */
  readonly detached: (attachment: Attachment) => void;
  /** Calls all listeners, also when one of them throws. */
  readonly tell: (attachment: Attachment, tell: (listener: Listener) => void) => void;
  /** Something threw outside of listeners. */
  readonly broke: (attachment: Attachment, error: unknown) => void;
}

/** An event that was sent to the actor. */
interface Relayed {
  readonly event: EventObject;
  readonly source: Party | undefined;
}

/** The event that the actor handles. It is not known until its end if it began before the actor was attached. */
interface Work {
  readonly at: number;
  event: EventObject | undefined;
  source: Party | undefined;
}

const INIT = 'xstate.init';
const STOP = 'xstate.stop';

export class Attachment implements Receiver {
  readonly address: ActorAddress;
  readonly key: string;
  readonly actor: InspectedActor;
  readonly listeners = new Set<Listener>();
  readonly #shared: AttachmentContext;
  readonly #inspection: Subscription;
  /** Whether the actor was already handling an event when it was attached. */
  #missedBeginning: boolean;
  /** Events that were sent to it and wait, in order. */
  #relayed: Relayed[] = [];
  #work: Work | undefined;
  /** The action that runs, and whom it has reached so far. Each is told once. */
  #action: { readonly name: string; readonly reached: Party[] } | undefined;
  readonly #steps = new StepLog();
  #nodes: StateNodes | undefined;
  #states: readonly StatePath[] = [];

  constructor(address: ActorAddress, actor: InspectedActor, shared: AttachmentContext) {
    this.address = address;
    this.key = toKey(address);
    this.actor = actor;
    this.#shared = shared;
    this.#missedBeginning = isAtWork(actor);
    if (this.#missedBeginning) shared.work.enterFirst(this);
    // An actor that is being created has no snapshot yet.
    const snapshot = snapshotOf(actor);
    if (snapshot !== undefined) this.#note(snapshot._nodes);
    this.#inspection = shared.inspections.inspect(actor, {
      inspect: (inspected) => this.#contain(() => this.#inspect(inspected)),
      invoked: (child) => this.#contain(() => this.#invoked(child)),
    });
  }

  /** Its active states; none before it has started. */
  get states(): readonly StatePath[] {
    return this.#states;
  }

  /** It has failed on an event. XState does not tell that. */
  threw(event: EventObject, error: unknown): void {
    this.#contain(() => {
      this.#complete(event, undefined);
      this.end('failed', error);
    });
  }

  /** It is about to send an event to another actor, or starts it. */
  reaches(to: Party): void {
    this.#contain(() => this.#reach(to));
  }

  /** Tells that the actor has ended, and stops inspecting it. */
  end(type: 'ended' | 'rested' | 'failed', cause?: unknown): void {
    this.#contain(() => {
      const { now, describeError } = this.#shared;
      const error = type === 'failed' ? { error: describeError(cause) } : undefined;
      this.#tellLife({ type, at: now(), states: this.#states, ...error });
      this.detach();
    });
  }

  /** Stops inspecting the actor without telling anything. */
  detach(): void {
    this.#inspection.unsubscribe();
    this.#shared.work.leave(this);
    this.#shared.detached(this);
  }

  #inspect(inspected: Inspected): void {
    if (inspected.type === '@xstate.event') {
      if (inspected.event.type === INIT) this.#started(inspected.event);
      else this.#heard(inspected.event, inspected.sourceRef);
    } else if (inspected.type === '@xstate.action') {
      this.#acts(inspected.action.type);
    } else if (inspected.type === '@xstate.microstep') {
      if (inspected.event.type !== STOP) this.#stepped(inspected._transitions);
    } else if (inspected.type === '@xstate.snapshot') {
      this.#settled(inspected.event, inspected.snapshot as AnyMachineSnapshot);
    }
  }

  #started(event: EventObject): void {
    const { status, error, _nodes } = this.actor.getSnapshot();
    this.#note(_nodes);
    if (status === 'error') {
      this.end('failed', error);
      return;
    }
    this.#tellLife({ type: 'started', at: this.#shared.now(), states: this.#states });
    this.#relayed.unshift({ event, source: usualSource(event.type, this.address) });
  }

  #heard(event: EventObject, sourceRef: InspectionEvent['actorRef'] | undefined): void {
    const { work, senderOf } = this.#shared;
    const sending = { from: senderOf(event), sourceRef, worker: work.worker?.address };
    this.#relayed.push({ event, source: sourceOf(event, this, sending) });
  }

  #acts(action: string): void {
    if (action.startsWith('xstate.')) return;
    const { event } = this.#begin();
    this.#steps.ran(action);
    if (event === undefined) return;
    this.#action = { name: action, reached: [] };
    const { context } = this.actor.getSnapshot();
    for (const to of usesOf(this.address.kind, action, { context, event })) this.#reach(to);
  }

  /** What is sent outside of actions, as by a promise, belongs to no step. */
  #reach(to: Party): void {
    if (this.#action === undefined) return;
    const { name, reached } = this.#action;
    if (reached.some((other) => isSame(other, to))) return;
    reached.push(to);
    this.#noteEffect(to, name);
  }

  #invoked(child: InspectionEvent['actorRef']): void {
    const invoked = invokedBy(this.address, child);
    if (invoked === undefined) return;
    this.#begin();
    this.#noteEffect({ outside: invoked.outside }, invoked.name);
  }

  #noteEffect(to: Party, action: string): void {
    const { now, tell } = this.#shared;
    const effect = { at: now(), to, action };
    tell(this, (listener) => listener.affected(this, effect));
  }

  #stepped(transitions: readonly AnyTransitionDefinition[]): void {
    // The steps before the start are told when the actor starts.
    if (this.#nodes !== undefined) this.#begin();
    this.#steps.stepped(transitions);
  }

  #settled(event: EventObject, snapshot: AnyMachineSnapshot): void {
    if (event.type !== STOP) this.#complete(event, snapshot._nodes);
    // If an action threw at the start, only this shows it.
    const { status, error } = this.actor.getSnapshot();
    if (status === 'error') this.end('failed', error);
    else if (status !== 'active') this.end('ended');
  }

  /** The actor handles the event that was sent first. */
  #begin(): Work {
    if (this.#work !== undefined) return this.#work;
    const { now, work, tell } = this.#shared;
    const first = this.#missedBeginning ? undefined : this.#relayed.shift();
    const begun: Work = { at: now(), event: first?.event, source: first?.source };
    this.#work = begun;
    if (!this.#missedBeginning) work.enter(this);
    tell(this, (listener) => listener.began(this, begun.at));
    return begun;
  }

  #complete(event: EventObject, nodes: StateNodes | undefined): void {
    if (event.type === INIT && this.#work === undefined && this.#steps.isEmpty) {
      this.#relayed.shift();
      return;
    }
    const work = this.#begin();
    this.#missedBeginning = false;
    if (work.event !== event) this.#recognize(work, event);
    const isEventful = event.type !== INIT || !this.#steps.isEmpty;
    const handled: HandledEvent = {
      at: work.at,
      event,
      source: work.source,
      ...this.#steps.take(),
      states: nodes === undefined ? undefined : this.#note(nodes),
    };
    this.#work = undefined;
    this.#action = undefined;
    this.#shared.work.leave(this);
    this.#shared.tell(this, (listener) => listener.ended(this, isEventful ? handled : undefined));
  }

  /** It is not the event that was expected. The expected one, if there is one, still waits. */
  #recognize(work: Work, event: EventObject): void {
    const at = this.#relayed.findIndex((relayed) => relayed.event === event);
    const [relayed] = this.#relayed.splice(0, at + 1).slice(-1);
    if (relayed === undefined && work.event !== undefined)
      this.#relayed.unshift({ event: work.event, source: work.source });
    work.event = event;
    work.source = relayed === undefined ? usualSource(event.type, this.address) : relayed.source;
  }

  /** Keeps the states. @returns the states if they have changed */
  #note(nodes: StateNodes): readonly StatePath[] | undefined {
    if (nodes === this.#nodes) return undefined;
    const before = this.#states;
    this.#nodes = nodes;
    this.#states = toStatePaths(nodes);
    return isEqual(before, this.#states) ? undefined : this.#states;
  }

  #tellLife(life: LifeChange): void {
    this.#shared.tell(this, (listener) => listener.lifeChanged(this, life));
  }

  /** An error in here must not reach the actor: it would end the actor. */
  #contain(watch: () => void): void {
    try {
      watch();
    } catch (error) {
      this.#shared.broke(this, error);
    }
  }
}

export function toKey({ kind, id }: ActorAddress): string {
  return `${kind} ${id}`;
}

/** Whether an actor is handling an event now. XState tells the end of that work and not its beginning. */
export function isAtWork(actor: AnyActorRef): boolean {
  const { mailbox } = actor as unknown as { readonly mailbox: { readonly _current: unknown } };
  return mailbox._current !== null;
}

export function isEqual(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
