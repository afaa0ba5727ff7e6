import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createActor,
  SimulatedClock,
  type Actor,
  type AnyActorLogic,
  type AnyActorRef,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type EventObject,
} from 'xstate';
import { charts, EVENT_TYPES, type StateSpec, type TestEvent } from './charts-harness.ts';
import { buildMachine } from './machine-harness.ts';
import { RARITIES } from './rare-charts-harness.ts';
import { judge, judgeBeginning, type Verdict } from './oracle-harness.ts';
import type { Outcome } from './table.ts';
import { FastLane, withFastLane } from './fast-lane.ts';
import { send as sendDirectly } from '../send.ts';

/** How the machines of a run handle their events. */
type Way =
  /** XState alone. */
  | 'interpreted'
  /** With a fast lane, and events go through the mailbox. */
  | 'mailbox'
  /** With a fast lane, and events skip the mailbox if possible. */
  | 'direct';

const OBSERVERS = [
  /** Has no `next` listener. */
  'quiet',
  /** Gets each snapshot. */
  'following',
  /** Answers the first snapshots with an event. */
  'answering',
] as const;

interface Scenario {
  readonly charts: readonly [StateSpec, StateSpec];
  readonly observers: readonly [(typeof OBSERVERS)[number], (typeof OBSERVERS)[number]];
  readonly steps: readonly ((TestEvent & { readonly to: 0 | 1 }) | 'time passes' | 'promises settle')[];
}

const scenarios: fc.Arbitrary<Scenario> = fc.record({
  charts: fc.tuple(charts, charts),
  observers: fc.tuple(fc.constantFrom(...OBSERVERS), fc.constantFrom(...OBSERVERS)),
  steps: fc.array(
    fc.oneof(
      {
        weight: 10,
        arbitrary: fc.record({
          to: fc.constantFrom(0 as const, 1 as const),
          type: fc.constantFrom(...EVENT_TYPES),
          value: fc.nat(6),
          echoes: fc.nat(2),
        }),
      },
      { weight: 1, arbitrary: fc.constantFrom('time passes' as const, 'promises settle' as const) },
    ),
    { minLength: 1, maxLength: 20 },
  ),
});

/** A limit for an observer, so that it does not answer its own answers for ever. */
const MAX_ANSWERS = 3;

/** All cases that the random charts must produce; otherwise the test proves less. */
const TO_BE_SEEN = [
  'taken: none',
  'taken: one',
  'taken: several',
  'taken: move',
  'taken: end',
  'taken: end by completion',
  'taken: completion',
  'taken: move before eventless transitions',
  'taken: the lane goes on',
  'taken: the interpreter goes on',
  'taken: beginning',
  'taken: beginning and eventless transition',
  'taken: something waits behind it',
  'taken: an action throws',
  'refused: internal event',
  'refused: eventless transition',
  'refused: wildcard',
  'refused: throwing guard',
  'refused: composite guard',
  'refused: completion',
  'refused: output',
  'refused: children at the end',
  'refused: the target handles the event',
  'refused: several moves',
  'refused: the same states again',
  'refused: reentrance',
  'refused: missing action',
  'refused: changed context',
  'refused: xstate.raise',
  'refused: xstate.cancel',
  'refused: xstate.emit',
  'refused: xstate.log',
  'refused: xstate.enqueueActions',
  'refused: xstate.spawnChild',
  'refused: xstate.stopChild',
];

const examples = RARITIES.map((rarity): [Scenario] => [{ observers: ['following', 'quiet'], ...rarity }]);

/** Counts the decisions of the lane, and collects the cases and the mistakes. */
class Tally {
  asked = 0;
  taken = 0;
  readonly seen = new Set<string>();
  readonly mistakes: string[] = [];

  decided(outcome: Outcome | undefined, at: AnyMachineSnapshot, event: EventObject): void {
    this.asked += 1;
    if (outcome !== undefined) this.taken += 1;
    this.note(
      judge(outcome, at, event),
      outcome !== undefined,
      `${event.type} in ${JSON.stringify(at.value)}`,
    );
  }

  note({ labels, mistake }: Verdict, isTaken: boolean, what: string): void {
    for (const label of labels) this.seen.add(`${isTaken ? 'taken' : 'refused'}: ${label}`);
    if (mistake !== undefined) this.mistakes.push(`${what}: ${mistake}`);
  }
}

test('a machine behaves the same with and without a fast lane', async () => {
  const tally = new Tally();
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      const expected = await trace(scenario, 'interpreted', tally);
      expect(await trace(scenario, 'mailbox', tally)).toEqual(expected);
      expect(await trace(scenario, 'direct', tally)).toEqual(expected);
      expect(tally.mistakes.splice(0)).toEqual([]);
    }),
    { numRuns: 600, examples },
  );
  expect(TO_BE_SEEN.filter((label) => !tally.seen.has(label))).toEqual([]);
  expect(tally.taken / tally.asked).toBeGreaterThan(0.3);
}, 120_000);

/** Everything that two machines do, which may send events to each other. */
async function trace({ charts, observers, steps }: Scenario, way: Way, tally: Tally): Promise<string[]> {
  const clock = new SimulatedClock();
  const lines: string[] = [];
  const actors: Actor<AnyActorLogic>[] = [];
  const send = (actor: AnyActorRef, event: TestEvent): void =>
    way === 'direct' ? sendDirectly(actor, event, undefined) : actor.send(event);
  const names = ['A', 'B'] as const;
  for (const [index, name] of names.entries()) {
    const machine = buildMachine(name, charts[index]!, {
      clock,
      trace: lines,
      send,
      peerOf: () => actors[1 - index],
    });
    const actor = createActor(way === 'interpreted' ? machine : withCheckedLane(machine, tally), {
      clock,
      logger: (line: string) => void lines.push(`${name} logs ${line}`),
    });
    actors.push(actor);
    let last: AnyMachineSnapshot = actor.getSnapshot();
    let answers = 0;
    const kind = observers[index];
    actor.subscribe({
      ...(kind !== 'quiet' && {
        next(snapshot: AnyMachineSnapshot) {
          lines.push(`${name} shows ${describe(snapshot)}${snapshot === last ? ', the same' : ''}`);
          last = snapshot;
          if (kind !== 'answering' || answers === MAX_ANSWERS) return;
          answers += 1;
          send(actor, { type: 'b', value: 2, echoes: 1 });
        },
      }),
      error: (error) => void lines.push(`${name} fails with ${messageOf(error)}`),
      complete: () => void lines.push(`${name} completes`),
    });
    actor.on('*', (event) => void lines.push(`${name} emits ${JSON.stringify(event)}`));
  }
  const note = (): void => {
    for (const [index, name] of names.entries())
      lines.push(`  ${name} ${describe(actors[index]!.getSnapshot())}`);
  };
  for (const actor of actors) actor.start();
  for (const step of steps) {
    if (step === 'time passes') clock.increment(10);
    else if (step === 'promises settle') await settle();
    else send(actors[step.to]!, { type: step.type, value: step.value, echoes: step.echoes });
    note();
  }
  await settle();
  note();
  for (const actor of actors) actor.stop();
  return lines;
}

function describe({ status, value, context, children, output, error }: AnyMachineSnapshot): string {
  const names = Object.keys(children ?? {});
  return JSON.stringify({
    status,
    value,
    context,
    children: names,
    output,
    error: messageOf(error),
  });
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

/** A machine with a fast lane; each decision of the lane is compared with what the interpreter does. */
function withCheckedLane(machine: AnyStateMachine, tally: Tally): AnyStateMachine {
  let interpreted = 0;
  const counted = Object.create(machine, {
    transition: {
      value: (...args: Parameters<AnyStateMachine['transition']>) => {
        interpreted += 1;
        return machine.transition(...args);
      },
    },
  }) as AnyStateMachine;

  class CheckedLane extends FastLane {
    override choose(...[at, event]: Parameters<FastLane['choose']>) {
      const outcome = super.choose(at, event);
      tally.decided(outcome, at, event);
      return outcome;
    }

    override run(...[outcome, at, event, self]: Parameters<FastLane['run']>) {
      let to: AnyMachineSnapshot;
      const before = interpreted;
      try {
        to = super.run(outcome, at, event, self);
      } catch (error) {
        tally.seen.add('taken: an action throws');
        throw error;
      }
      if (interpreted > before) tally.seen.add('taken: the interpreter goes on');
      else if (outcome.to?.hasEventless && to._nodes !== outcome.to.nodes)
        tally.seen.add('taken: the lane goes on');
      const { mailbox } = self as unknown as { mailbox: { _current: unknown; _last: unknown } };
      if (mailbox._current !== mailbox._last) tally.seen.add('taken: something waits behind it');
      return to;
    }

    override begin(...[scope, input]: Parameters<FastLane['begin']>) {
      const actions: Parameters<typeof scope.actionExecutor>[0][] = [];
      const { actionExecutor } = scope;
      const watched = Object.create(scope, {
        actionExecutor: {
          value: (action: (typeof actions)[number]) => {
            actions.push(action);
            actionExecutor(action);
          },
        },
      }) as typeof scope;
      const begun = super.begin(watched, input);
      if (begun !== undefined) tally.note(judgeBeginning(begun, actions), true, 'the beginning');
      return begun;
    }
  }
  return withFastLane(counted, new CheckedLane(counted));
}
