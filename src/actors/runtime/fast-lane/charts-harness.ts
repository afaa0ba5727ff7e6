/** For tests of the fast lane: random charts as plain data, so that fast-check can shrink and print them. */

import fc from 'fast-check';

/** The types of random events. No chart names `ignored`, but wildcards match it. */
export const EVENT_TYPES = ['a', 'b', 'c.x', 'c.y', 'ignored'] as const;

export interface TestEvent {
  readonly type: string;
  readonly value: number;
  /** How many more events may follow from this one, one after the other. */
  readonly echoes: number;
}

/** The plain functions, which the fast lane may run. */
const PLAIN_ACTIONS = [
  'note',
  'count',
  'tellSelf',
  'tellPeer',
  'throwOnThree',
  'stopOnFour',
  'passTime',
] as const;
const OTHER_ACTIONS = [
  'missing',
  'assign',
  'raise',
  'raiseLater',
  'cancel',
  'emit',
  'log',
  'sendTo',
  'enqueue',
  'spawn',
  'spawnFailing',
] as const;
const PLAIN_GUARDS = ['isEven', 'isBelow', 'throwsOnFive'] as const;
const OTHER_GUARDS = ['both', 'neither', 'inFirst', 'alias'] as const;

export type Params = 'none' | 'static' | 'dynamic' | 'inline';

export interface ActionSpec {
  readonly name: (typeof PLAIN_ACTIONS)[number] | (typeof OTHER_ACTIONS)[number];
  readonly params: Params;
}

export interface GuardSpec {
  readonly name: (typeof PLAIN_GUARDS)[number] | (typeof OTHER_GUARDS)[number];
  readonly params: Params;
}

export interface TransitionSpec {
  readonly guard?: GuardSpec;
  readonly actions: readonly ActionSpec[];
  /** An index in the list of possible targets (machine-harness.ts), modulo its length. */
  readonly target?: number;
  readonly reenter?: boolean;
}

export interface StateSpec {
  readonly kind: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  readonly states: readonly StateSpec[];
  readonly on: { readonly [type: string]: readonly TransitionSpec[] };
  readonly entry: readonly ActionSpec[];
  readonly exit: readonly ActionSpec[];
  readonly always?: TransitionSpec;
  readonly after?: TransitionSpec;
  readonly invoke?: { readonly ends: 'well' | 'badly'; readonly onEnd?: TransitionSpec };
  readonly onDone?: TransitionSpec;
  /** The output of a final state, or of the machine. */
  readonly output?: 'some';
}

const paramsOf = fc.constantFrom<Params>('none', 'static', 'dynamic', 'inline');

const actionSpecs: fc.Arbitrary<ActionSpec> = fc.record({
  name: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...PLAIN_ACTIONS) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_ACTIONS) },
  ),
  params: paramsOf,
});

/** For entry and exit: mostly `note`, which does not end the actor or send events. */
const quietActions: fc.Arbitrary<ActionSpec> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ name: fc.constant('note' as const), params: paramsOf }) },
  { weight: 1, arbitrary: actionSpecs },
);

const guardSpecs = fc.record({
  name: fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...PLAIN_GUARDS) },
    { weight: 1, arbitrary: fc.constantFrom(...OTHER_GUARDS) },
  ),
  params: paramsOf,
});

const guarded = fc.record({ guard: guardSpecs, actions: fc.array(actionSpecs, { maxLength: 3 }) });
const unguarded = fc.record({ actions: fc.array(actionSpecs, { maxLength: 3 }) });
const targetless: fc.Arbitrary<TransitionSpec> = fc.oneof(
  { weight: 3, arbitrary: guarded },
  { weight: 1, arbitrary: unguarded },
);
const targeted = fc.record(
  {
    guard: guardSpecs,
    actions: fc.array(actionSpecs, { maxLength: 2 }),
    target: fc.nat(20),
    reenter: fc.boolean(),
  },
  { requiredKeys: ['actions', 'target'] },
);
const transitionSpecs: fc.Arbitrary<TransitionSpec> = fc.oneof(
  { weight: 12, arbitrary: targetless },
  { weight: 6, arbitrary: targeted },
  { weight: 1, arbitrary: targetless.map((spec) => ({ ...spec, reenter: true })) },
);

const descriptors = fc.oneof(
  // Few names, so that nested and parallel states often have transitions for the same event.
  { weight: 50, arbitrary: fc.constantFrom('a', 'a', 'a', 'b', 'b', 'c.x', 'c.y') },
  { weight: 1, arbitrary: fc.constantFrom('*', 'c.*') },
);

/** What random states are made of. */
interface Recipe {
  readonly reactions: {
    readonly on: fc.Arbitrary<StateSpec['on']>;
    readonly entry: fc.Arbitrary<readonly ActionSpec[]>;
    readonly exit: fc.Arbitrary<readonly ActionSpec[]>;
  };
  readonly extras: {
    readonly [Name in 'always' | 'after' | 'onDone']: fc.Arbitrary<TransitionSpec | undefined>;
  } & { readonly invoke: fc.Arbitrary<StateSpec['invoke']> };
  /** How many states there are for each final or history state. */
  readonly statesPerEnd: number;
  readonly finalsPerHistory: number;
  /** How many states a compound state has in addition to the first one. */
  readonly others: { readonly minLength: number; readonly maxLength: number };
  /** Compare: an atomic state has the weight 1, a compound state 2. */
  readonly weightOfParallel: number;
}

const reactions = {
  on: fc.dictionary(descriptors, fc.array(transitionSpecs, { minLength: 1, maxLength: 2 }), {
    maxKeys: 3,
  }),
  entry: fc.array(quietActions, { maxLength: 2 }),
  exit: fc.array(quietActions, { maxLength: 2 }),
};

function rarely<Value>(weight: number, arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const extras = {
  always: rarely(30, fc.oneof(targetless, targeted)),
  after: rarely(10, transitionSpecs),
  invoke: rarely(
    12,
    fc.record(
      { ends: fc.constantFrom('well' as const, 'badly' as const), onEnd: transitionSpecs },
      { requiredKeys: ['ends'] },
    ),
  ),
  onDone: rarely(3, transitionSpecs),
};

/** States with some of everything. */
const mixed: Recipe = {
  reactions,
  extras,
  statesPerEnd: 5,
  finalsPerHistory: 1,
  others: { minLength: 0, maxLength: 2 },
  weightOfParallel: 2,
};

/** Not `fc.nat`, which prefers small numbers. */
const anyTarget = fc.constantFrom(...Array.from({ length: 24 }, (_, index) => index));
const oneQuietAction = fc.array(quietActions, { maxLength: 1 });
const seldomAction = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: oneQuietAction },
);
const moves = fc.record(
  { guard: guardSpecs, actions: oneQuietAction, target: anyTarget },
  { requiredKeys: ['actions', 'target'] },
);
const silentMoves = fc.record({ actions: fc.constant([]), target: anyTarget });

/** States that are exited soon, by events and eventless transitions, and often reach a final state. */
const moving: Recipe = {
  reactions: {
    on: fc.dictionary(
      fc.constantFrom('a', 'b', 'c.x', 'c.y'),
      fc.array(fc.oneof({ weight: 6, arbitrary: moves }, { weight: 1, arbitrary: transitionSpecs }), {
        minLength: 1,
        maxLength: 2,
      }),
      { minKeys: 1, maxKeys: 1 },
    ),
    entry: seldomAction,
    exit: seldomAction,
  },
  extras: {
    always: rarely(3, fc.oneof({ weight: 4, arbitrary: moves }, { weight: 1, arbitrary: targetless })),
    after: rarely(40, transitionSpecs),
    invoke: rarely(40, fc.record({ ends: fc.constant('well' as const), onEnd: moves })),
    onDone: rarely(1, fc.oneof({ weight: 3, arbitrary: silentMoves }, { weight: 1, arbitrary: moves })),
  },
  statesPerEnd: 2,
  finalsPerHistory: 12,
  others: { minLength: 2, maxLength: 3 },
  weightOfParallel: 1,
};

function stateSpecs(depth: number, recipe: Recipe): fc.Arbitrary<StateSpec> {
  const { reactions, extras, statesPerEnd, finalsPerHistory, others, weightOfParallel } = recipe;
  const atomic = fc.record({
    kind: fc.constant('atomic' as const),
    states: fc.constant([]),
    ...reactions,
    ...extras,
  });
  if (depth === 0) return atomic.map(withoutGaps);
  const within = stateSpecs(depth - 1, recipe);
  const ends = fc.record({
    kind: fc.oneof(
      { weight: finalsPerHistory, arbitrary: fc.constant('final' as const) },
      { weight: 1, arbitrary: fc.constant('history' as const) },
    ),
    states: fc.constant([]),
    on: fc.constant({}),
    entry: reactions.entry,
    exit: reactions.exit,
    output: rarely(10, fc.constant('some' as const)),
  });
  const compound = fc.record({
    kind: fc.constant('compound' as const),
    // The first one is the initial state.
    states: fc
      .tuple(
        within,
        fc.array(
          fc.oneof({ weight: statesPerEnd, arbitrary: within }, { weight: 1, arbitrary: ends }),
          others,
        ),
      )
      .map(([first, others]) => [first, ...others]),
    ...reactions,
    ...extras,
  });
  const parallel = fc.record({
    kind: fc.constant('parallel' as const),
    states: fc.array(within, { minLength: 1, maxLength: 3 }),
    ...reactions,
    ...extras,
  });
  return fc
    .oneof(
      { weight: 1, arbitrary: atomic },
      { weight: 2, arbitrary: compound },
      { weight: weightOfParallel, arbitrary: parallel },
    )
    .map(withoutGaps);
}

/** Removes undefined properties, so that counterexamples are easier to read. */
function withoutGaps(spec: object): StateSpec {
  return Object.fromEntries(
    Object.entries(spec).filter(([, value]) => value !== undefined),
  ) as unknown as StateSpec;
}

/** Charts without an eventless transition in the root: with one, the lane would handle no event at all. */
export const charts: fc.Arbitrary<StateSpec> = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: stateSpecs(2, mixed) }, { weight: 1, arbitrary: stateSpecs(2, moving) }),
    rarely(20, fc.constant('some' as const)),
  )
  .map(([{ always: _always, ...root }, output]) => withoutGaps({ ...root, output }));
