import { expect, test } from 'vitest';
import { createActor, fromPromise, setup } from 'xstate';
import { LANE, withFastLane } from './fast-lane.ts';

let noted: string[] = [];

const { createMachine } = setup({
  actors: { wait: fromPromise(() => new Promise<never>(() => {})) },
  actions: { note: (_, params: string) => void noted.push(params) },
});

const note = (params: string) => ({ type: 'note' as const, params });
/** Entry and exit actions that note the name of the state. */
const noting = (name: string) => ({ entry: note(`+${name}`), exit: note(`-${name}`) });

const machine = createMachine({
  id: 'm',
  initial: 'both',
  ...noting('m'),
  on: { top: '.single', 'top again': { target: '.both', reenter: true } },
  states: {
    both: {
      ...noting('both'),
      type: 'parallel',
      on: {
        'one region': '.left.second',
        'itself again': { target: 'both', reenter: true },
        itself: 'both',
      },
      states: {
        left: {
          ...noting('left'),
          initial: 'first',
          on: {
            'across regions': '#m.both.right.second',
            inward: '.second',
            'inward again': { target: '.second', reenter: true },
            'own beginning': 'left',
          },
          states: {
            first: {
              ...noting('left.first'),
              on: { next: { target: 'second', actions: note('next') } },
            },
            second: {
              ...noting('left.second'),
              on: { 'out and in': '#m.both', 'to its region': '#m.both.left' },
            },
          },
        },
        right: {
          ...noting('right'),
          initial: 'first',
          states: { first: noting('right.first'), second: noting('right.second') },
        },
      },
    },
    single: {
      ...noting('single'),
      initial: 'inner',
      on: {
        deep: '#m.both.right.second',
        back: 'both',
        ask: 'asking',
        pass: 'passing',
        go: 'regions',
        end: 'ended',
      },
      states: { inner: { ...noting('single.inner'), on: { itself: 'inner' } } },
    },
    asking: { ...noting('asking'), invoke: { id: 'waiting', src: 'wait' }, on: { stop: 'single' } },
    passing: {
      initial: 'inner',
      on: { finish: { target: '.last', actions: note('finishing') }, 'finish loudly': '.loud' },
      onDone: 'quiet',
      states: {
        inner: {},
        last: { type: 'final', entry: note('+last') },
        loud: { ...noting('loud'), type: 'final' },
      },
    },
    regions: {
      type: 'parallel',
      onDone: 'quiet',
      states: {
        only: { initial: 'inner', states: { inner: { on: { finish: 'last' } }, last: { type: 'final' } } },
      },
    },
    quiet: {},
    ended: { ...noting('ended'), type: 'final' },
    remembering: {
      ...noting('remembering'),
      initial: 'inner',
      on: { forget: 'both' },
      states: { inner: noting('remembering.inner'), past: { type: 'history' } },
    },
  },
});

/** Sends events, and returns where the last one leads and what its actions have noted. */
function follow(of: typeof machine, events: readonly string[]) {
  const actor = createActor(of).start();
  for (const type of events.slice(0, -1)) actor.send({ type });
  noted = [];
  const last = { type: events.at(-1) ?? '' };
  const outcome = withFastLane(machine)[LANE].choose(actor.getSnapshot(), last);
  actor.send(last);
  const { status, value, _nodes: nodes, tags, children } = actor.getSnapshot();
  return {
    isTaken: outcome !== undefined,
    came: {
      status,
      value,
      nodes: nodes.map(({ id }) => id),
      tags,
      children: Object.keys(children),
      noted: [...noted],
    },
  };
}

/** Does the same with the interpreter alone and with the fast lane, and returns the result of the interpreter. */
function followBoth(events: readonly string[]) {
  const interpreted = follow(machine, events);
  expect(follow(withFastLane(machine), events)).toEqual(interpreted);
  return interpreted;
}

test.each([
  [['next']],
  [['one region']],
  [['across regions']],
  [['inward']],
  [['inward again']],
  [['next', 'own beginning']],
  [['next', 'out and in']],
  [['next', 'to its region']],
  [['next', 'itself']],
  [['next', 'itself again']],
  [['top']],
  [['top', 'deep']],
  [['top', 'back']],
  // The event completes a state.
  [['top', 'pass', 'finish']],
  [['top', 'end']],
])('the fast lane moves through the same states as XState: %j', (events) => {
  const { isTaken, came } = followBoth(events);
  expect(isTaken).toBe(true);
  expect(came.noted.length).toBeGreaterThan(1);
});

test.each([
  // The same states are active afterwards, so XState keeps the snapshot.
  [['itself again']],
  [['top', 'itself']],
  // An actor is started, or stopped.
  [['top', 'ask']],
  [['top', 'ask', 'stop']],
  // After the completion of a state an action runs, or other states must be complete too.
  [['top', 'pass', 'finish loudly']],
  [['top', 'go', 'finish']],
  // The root is exited too.
  [['next', 'top again']],
])('the fast lane leaves the event to XState: %j', (events) => {
  expect(followBoth(events).isTaken).toBe(false);
});

test('the fast lane does not exit a state that has a history state', () => {
  const snapshot = machine.resolveState({ value: { remembering: 'inner' } });
  const actor = createActor(withFastLane(machine), { snapshot }).start();
  const event = { type: 'forget' };
  expect(withFastLane(machine)[LANE].choose(actor.getSnapshot(), event)).toBeUndefined();
  actor.send(event);
  expect(Object.keys(actor.getSnapshot().historyValue)).toEqual(['m.remembering.past']);
});
