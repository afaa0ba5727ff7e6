/** For tests of the fast lane: makes machines from random charts. The machines record everything that they do. */

import {
  and,
  assign,
  cancel,
  createMachine,
  emit,
  enqueueActions,
  fromPromise,
  log,
  not,
  raise,
  spawnChild,
  stateIn,
  type AnyActorRef,
  type AnyStateMachine,
  type SimulatedClock,
} from 'xstate';
import type {
  ActionSpec,
  GuardSpec,
  Params,
  StateSpec,
  TestEvent,
  TransitionSpec,
} from './charts-harness.ts';

/** What the actions of a machine use, and where they record what they do. */
export interface TestWorld {
  readonly clock: SimulatedClock;
  readonly trace: string[];
  /** Sends an event to an actor, in the way that the test has chosen. */
  readonly send: (actor: AnyActorRef, event: TestEvent) => void;
  /** The receiver of `tellPeer` and `sendTo`. */
  readonly peerOf: (name: string) => AnyActorRef | undefined;
}

interface TestContext {
  count: number;
}

interface Args {
  readonly context: TestContext;
  readonly event: TestEvent;
  readonly self: AnyActorRef;
  readonly system: unknown;
}

const AFTER_MS = 10;
const MAX_CHILDREN = 8;
const NEVER = new Promise<never>(() => {});

/**
 * Makes a machine from a chart.
 * @param name Its name in the trace.
 */
export function buildMachine(name: string, chart: StateSpec, world: TestWorld): AnyStateMachine {
  const { clock, trace, send, peerOf } = world;
  const ids = listIds(chart, 'm');
  // There are few final states, so they are listed several times to be chosen more often.
  const finals = listIds(chart, 'm', 'final');
  const targets = [...ids, ...finals, ...finals, ...finals];
  let children = 0;

  function note(action: string, args: Args, params: unknown): void {
    const { context, event, self, system } = args;
    const names = Object.keys(args).sort().join();
    const isOwn = self.system === system && names === 'context,event,self,system';
    trace.push(
      `${name} ${action}(${JSON.stringify(params)}) on ${event.type}/${event.value} with ${context.count}${isOwn ? '' : ' ODD ARGUMENTS'}`,
    );
  }

  const effects: Record<string, (args: Args) => void> = {
    note() {},
    count: ({ context, event }) => void (context.count += event.value ?? 1),
    tellSelf(args) {
      const event = echo(args, 'b');
      if (event !== undefined) send(args.self, event);
    },
    tellPeer(args) {
      const event = echo(args, 'a');
      const peer = peerOf(name);
      if (event !== undefined && peer !== undefined) send(peer, event);
    },
    throwOnThree({ event }) {
      if (event.value === 3) throw new Error('three');
    },
    stopOnFour({ event, self }) {
      if (event.value === 4) (self as AnyActorRef & { stop(): void }).stop();
    },
    passTime({ event }) {
      if (event.echoes > 0) clock.increment(AFTER_MS);
    },
  };
  const plain = Object.fromEntries(
    Object.entries(effects).map(([action, effect]) => [
      action,
      (args: Args, params: unknown) => {
        note(action, args, params);
        effect(args);
      },
    ]),
  );

  const tests: Record<string, (args: Pick<Args, 'context' | 'event'>, params: unknown) => boolean> = {
    isEven: ({ context, event }, params) => (context.count + event.value + numberOf(params)) % 2 === 0,
    isBelow: ({ context }, params) => context.count < 4 + numberOf(params),
    throwsOnFive({ event }) {
      if (event.value === 5) throw new Error('five');
      return true;
    },
  };
  const guards = Object.fromEntries(
    Object.entries(tests).map(([guard, test]) => [
      guard,
      (args: Args, params: unknown) => {
        if (Object.keys(args).sort().join() !== 'context,event') trace.push(`${guard} HAS ODD ARGUMENTS`);
        return test(args, params);
      },
    ]),
  );

  const builtins = {
    assign: assign(({ context }: { context: TestContext }) => ({ count: context.count + 10 })),
    raise: raise((args: Args) => echo(args, 'b') ?? { type: 'spent', value: 0, echoes: 0 }),
    raiseLater: raise(() => ({ type: 'a', value: 1, echoes: 0 }), { delay: AFTER_MS, id: 'later' }),
    cancel: cancel('later'),
    emit: emit(({ context }: { context: TestContext }) => ({ type: 'told', count: context.count })),
    log: log(({ context }: { context: TestContext }) => `logged ${context.count}`),
    sendTo: enqueueActions(({ enqueue, event: cause }) => {
      const event = echo({ event: cause as TestEvent }, 'c.x');
      const peer = peerOf(name);
      if (event !== undefined && peer !== undefined) enqueue.sendTo(peer, event);
    }),
    enqueue: enqueueActions(({ enqueue, context }) => {
      enqueue.assign({ count: context['count'] + 100 });
      enqueue({ type: 'note', params: { queued: true } });
    }),
    spawn: spawnChild('ends', { id: 'child', input: 'well' }),
    spawnFailing: spawnChild('ends', { id: 'failing', input: 'badly' }),
  };

  function toAction({ name: action, params }: ActionSpec): unknown {
    if (params === 'inline' && action in plain) return plain[action];
    return withParams(action, params);
  }

  function toGuard({ name: guard, params }: GuardSpec): unknown {
    if (params === 'inline' && guard in guards) return guards[guard];
    return withParams(guard, params);
  }

  function toTransition({ guard, actions, target, reenter }: TransitionSpec): object {
    return {
      ...(guard !== undefined && { guard: toGuard(guard) }),
      ...(target !== undefined && ids.length > 0 && { target: `#${targets[target % targets.length]}` }),
      ...(reenter !== undefined && { reenter }),
      actions: actions.map(toAction),
    };
  }

  function toState(spec: StateSpec, id: string): object {
    const { kind, states, on, entry, exit, always, after, invoke, onDone, output } = spec;
    if (kind === 'history') return { id, type: 'history' };
    return {
      id,
      ...(kind === 'final' && { type: 'final' }),
      ...(output !== undefined && { output: `${output} of ${id}` }),
      ...(kind === 'parallel' && { type: 'parallel' }),
      ...(kind === 'compound' && { initial: 's0' }),
      ...(states.length > 0 && {
        states: Object.fromEntries(
          states.map((state, index) => [`s${index}`, toState(state, `${id}-${index}`)]),
        ),
      }),
      on: Object.fromEntries(
        Object.entries(on).map(([type, transitions]) => [type, transitions.map(toTransition)]),
      ),
      entry: entry.map(toAction),
      exit: exit.map(toAction),
      ...(always !== undefined && { always: toTransition(always) }),
      ...(after !== undefined && { after: { [AFTER_MS]: toTransition(after) } }),
      ...(onDone !== undefined && states.length > 0 && { onDone: toTransition(onDone) }),
      ...(invoke !== undefined && {
        invoke: {
          src: 'ends',
          id: `invoked-${id}`,
          input: invoke.ends,
          ...(invoke.onEnd !== undefined && {
            [invoke.ends === 'well' ? 'onDone' : 'onError']: toTransition(invoke.onEnd),
          }),
        },
      }),
    };
  }

  const config = {
    ...toState(chart, 'm'),
    context: () => ({ count: 0 }),
    options: { maxIterations: 30 },
  };
  return createMachine(
    config as never,
    {
      actions: { ...plain, ...builtins },
      guards: {
        ...guards,
        both: and(['isEven', 'isBelow']),
        neither: not('isEven'),
        inFirst: stateIn(ids[0] === undefined ? 'nowhere' : `#${ids[0]}`),
        alias: 'isEven',
      },
      actors: {
        ends: fromPromise(async ({ input }: { input: string }) => {
          children += 1;
          // A chart that starts a child whenever one ends would run for ever.
          if (children > MAX_CHILDREN) await NEVER;
          if (input === 'badly') throw new Error('the child failed');
          return 1;
        }),
      },
    } as never,
  );
}

/** The event that follows from another one, or undefined if no more may follow. */
function echo({ event }: Pick<Args, 'event'>, type: string): TestEvent | undefined {
  return event.echoes > 0 ? { type, value: event.value + 1, echoes: event.echoes - 1 } : undefined;
}

function withParams(type: string, params: Params): unknown {
  switch (params) {
    case 'static':
      return { type, params: { by: 1 } };
    case 'dynamic':
      return {
        type,
        params: ({ context, event }: Pick<Args, 'context' | 'event'>) => ({
          by: context.count + (event.value ?? 0),
        }),
      };
    case 'none':
    case 'inline':
      return type;
  }
}

function numberOf(params: unknown): number {
  return (params as { by: number } | undefined)?.by ?? 0;
}

/** The ids of all states inside a state, or only those of one kind, in the order of the chart. */
function listIds({ states }: StateSpec, id: string, kind?: StateSpec['kind']): string[] {
  return states.flatMap((state, index) => [
    ...(kind === undefined || state.kind === kind ? [`${id}-${index}`] : []),
    ...listIds(state, `${id}-${index}`, kind),
  ]);
}
