/**
 * Makes the same actors as `createActor`, but faster, for a shared system. XState makes the options of an actor with two
 * object spreads, and V8 (as of Node.js 20) gives each object that is made this way its own hidden class. Making such an
 * object is slow, and so is reading it. Here all properties are written one by one instead: a join with its leave, which
 * are two actors, then takes 0.7 of the processor time.
 *
 * It relies on these internals of XState 5.33; system-actor.test.ts checks them: the properties that the constructor of
 * `Actor` sets, and the functions of an actor's scope. Everything else is in the methods of `Actor`.
 */

import {
  Actor,
  type AnyActorRef,
  type AnyActorScope,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
  type InputFrom,
  type SnapshotFrom,
} from 'xstate';

export interface SystemActorOptions<Machine extends AnyStateMachine> {
  readonly id: string;
  readonly input: InputFrom<Machine>;
  /** The snapshot in which it begins. Default: the initial snapshot of the machine. */
  readonly snapshot?: SnapshotFrom<Machine>;
}

type Listener = (event: EventObject) => void;

/** Makes an actor and does not start it. `parent` is its parent, but the parent does not list it as a child. */
export function makeSystemActor<Machine extends AnyStateMachine>(
  parent: AnyActorRef,
  machine: Machine,
  options: SystemActorOptions<Machine>,
): Actor<Machine> {
  return new SystemActor(parent, machine, options) as unknown as Actor<Machine>;
}

/** The internal parts of an actor that are used here. */
interface Inside {
  readonly mailbox: { readonly constructor: unknown };
  readonly system: System;
}

interface System {
  readonly _clock: unknown;
  readonly _logger: unknown;
  _bookId(): string;
  _sendInspectionEvent(event: object): void;
}

type MailboxClass = new (process: (event: EventObject) => void) => object;

/** The methods of `Actor` that are used here. */
interface Methods {
  _process(event: EventObject): void;
  _initState(snapshot: unknown): void;
  send(event: EventObject): void;
  start(): unknown;
}

const methods = Actor.prototype as unknown as Methods;

/** XState's numbers for the processing status. */
const NOT_STARTED = 0;
const RUNNING = 1;

class SystemActor {
  readonly logic: AnyStateMachine;
  readonly clock: unknown;
  readonly options: { input: unknown };
  readonly id: string;
  readonly mailbox: object;
  readonly observers: Set<unknown>;
  readonly eventListeners: Map<string, Set<Listener>>;
  readonly logger: unknown;
  readonly ref: this;
  readonly systemId: undefined;
  readonly sessionId: string;
  readonly system: System;
  readonly src: AnyStateMachine;
  readonly send: Methods['send'];
  readonly _parent: AnyActorRef;
  readonly _syncSnapshot: undefined;
  readonly _actorScope: AnyActorScope;
  readonly _deferred: (() => void)[];
  readonly _processingStatus: number;
  readonly _snapshot: unknown;
  readonly _doneEvent: unknown;

  constructor(
    parent: AnyActorRef,
    machine: AnyStateMachine,
    { id, input, snapshot }: SystemActorOptions<AnyStateMachine>,
  ) {
    const { mailbox, system } = parent as unknown as Inside;
    const { _clock: clock, _logger: logger } = system;
    this.logic = machine;
    this._snapshot = undefined;
    this.clock = clock;
    const all = { clock, logger, devTools: false, id, input: input as unknown, snapshot, parent };
    this.options = all;
    this.id = id;
    this.mailbox = new (mailbox.constructor as MailboxClass)(methods._process.bind(this));
    this.observers = new Set();
    this.eventListeners = new Map();
    this.logger = logger;
    this._processingStatus = NOT_STARTED;
    this._parent = parent;
    this._syncSnapshot = undefined;
    this.ref = this;
    this.systemId = undefined;
    this.sessionId = system._bookId();
    this.system = system;
    this._doneEvent = undefined;
    this.src = machine;
    this._deferred = [];
    this._actorScope = createScope(this);
    this.send = methods.send.bind(this);
    system._sendInspectionEvent({ type: '@xstate.actor', actorRef: this });
    methods._initState.call(this, snapshot);
  }

  start(): this {
    methods.start.call(this);
    // XState reads it last when it starts the actor: an actor does not keep what it was made of.
    this.options.input = undefined;
    // The first actions were deferred and have run. An emptied list gives its memory back.
    if (this._deferred.length === 0) this._deferred.length = 0;
    return this;
  }
}

Object.setPrototypeOf(SystemActor.prototype, Actor.prototype);

/** Stops what an actor has invoked. */
export function stopChildren(actor: AnyActorRef): void {
  const { children } = actor.getSnapshot() as AnyMachineSnapshot;
  for (const child of Object.values(children)) (child as Stoppable | undefined)?._stop();
}

/** Its own `stop` is refused to an actor that has a parent. */
interface Stoppable {
  _stop(): void;
}

/** The functions of an actor that its machine may call. */
function createScope(actor: SystemActor): AnyActorScope {
  const { id, sessionId, logger, system } = actor;
  const scope = {
    self: actor,
    id,
    sessionId,
    logger,
    defer: (effect: () => void) => void actor._deferred.push(effect),
    system,
    stopChild(child: { readonly id: string; readonly _parent: unknown; _stop(): void }) {
      if (child._parent !== actor) throw new Error(`${id} cannot stop ${child.id}, which is not its child`);
      child._stop();
    },
    emit: (event: EventObject) => emit(actor.eventListeners, event),
    actionExecutor: createActionExecutor(actor),
  };
  return scope as unknown as AnyActorScope;
}

/** The parts of an actor that its actions need. */
type Executing = Pick<SystemActor, 'system' | '_processingStatus' | '_deferred'>;

/**
 * Has the actions of an actor run as those of the actors that are made here. XState notes that an action is running, and
 * its development build then warns when the action starts an actor: it takes the `assign` with which XState itself
 * makes the first context of that actor for one of the action's.
 */
export function runActionsUnnoted(scope: AnyActorScope): void {
  if (!(scope.self instanceof SystemActor))
    scope.actionExecutor = createActionExecutor(scope.self as unknown as Executing);
}

function createActionExecutor(actor: Executing): AnyActorScope['actionExecutor'] {
  const { system } = actor;
  return (action) => {
    const execute = (): void => {
      const { type, info, params, exec } = action;
      system._sendInspectionEvent({ type: '@xstate.action', actorRef: actor, action: { type, params } });
      exec?.(info, params);
    };
    if (actor._processingStatus === RUNNING) execute();
    else actor._deferred.push(execute);
  };
}

/** Calls the listeners that were added before the event. A listener that throws does not affect the others. */
function emit(listeners: ReadonlyMap<string, ReadonlySet<Listener>>, event: EventObject): void {
  for (const listener of [...(listeners.get(event.type) ?? []), ...(listeners.get('*') ?? [])]) {
    try {
      listener(event);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}
