/**
 * What is counted of one machine: for each state, how often it was entered and how long actors were in it; for each event,
 * how many came and how many led to other states. The names are those of the chart, so there are only so many.
 */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { GuardCount } from '../../actors/runtime/fast-lane/fast-lane.ts';
import { guardedOf, heardOf, type MachineKind } from '../../actors/runtime/live-machine.ts';
import { describeChart, maxSecondsOf } from '../../inspect/chart/describe-chart.ts';
import { describeTrigger } from '../../inspect/chart/transition-text.ts';
import { HistogramCounts } from '../values/histogram.ts';
import { STEP_BOUNDS_MS, stepOf, type StepName } from './steps.ts';
import { raiseCount } from '../../system/raise-count.ts';

/** The upper bounds of the time in a state, in milliseconds: from a moment to a day. */
const STATE_BOUNDS_MS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000, 86_400_000] as const;

/** Events that the chart does not name; most of them are ignored. */
const OTHER = 'other';

/** One state of a machine. */
export interface StateCounts {
  readonly machine: MachineKind;
  /** Such as `open.work.ready`. */
  readonly path: string;
  /** How long an actor may be in it; undefined if any time is right. */
  readonly maxMs: number | undefined;
  /** How often it was entered from other states. */
  entered: number;
  /** How long actors were in it that have left it, in milliseconds. Undefined where that is not known. */
  readonly time: HistogramCounts | undefined;
  readonly step: StepCounts | undefined;
}

/** A step that people wait for, which a state stands for. */
export interface StepCounts {
  readonly name: StepName;
  readonly time: HistogramCounts;
}

/** Events of one type that have brought an actor to other states. */
export interface MoveCount {
  count: number;
}

export class MachineCounts {
  readonly kind: MachineKind;
  /** By their paths. */
  readonly states: ReadonlyMap<string, StateCounts>;
  /** By what the chart calls the event, such as `room.join` or `after flush`. */
  readonly moves = new Map<string, MoveCount>();
  readonly #names: ReadonlyMap<string, string>;
  #heard: () => ReadonlyMap<string, number> = () => new Map();
  #guarded: () => readonly GuardCount[] = () => [];

  constructor(machine: AnyStateMachine) {
    this.kind = machine.id as MachineKind;
    this.states = new Map(
      statesOf(machine.root).map((node) => {
        const path = node.path.join('.');
        return [path, createState(this.kind, path, node)];
      }),
    );
    this.#names = nameEvents(machine);
  }

  state(node: AnyStateNode): StateCounts | undefined {
    return this.states.get(node.path.join('.'));
  }

  /** The count of changes by an event, whose type is as XState calls it. */
  move(type: string): MoveCount {
    const name = this.#nameOf(type);
    let move = this.moves.get(name);
    if (move === undefined) {
      move = { count: 0 };
      this.moves.set(name, move);
    }
    return move;
  }

  /** How many events came, by what the chart calls them. They are counted where they are handled, and read here. */
  events(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [type, count] of this.#heard()) raiseCount(counts, this.#nameOf(type), count);
    return counts;
  }

  /** How many events were handled as a guard of the chart has allowed. */
  guards(): readonly GuardCount[] {
    return this.#guarded();
  }

  /** @param live The machine of the server, which counts the events that its actors get. */
  readEvents(live: AnyStateMachine): void {
    this.#heard = () => heardOf(live);
    this.#guarded = () => guardedOf(live);
  }

  #nameOf(type: string): string {
    return this.#names.get(type) ?? OTHER;
  }
}

function createState(machine: MachineKind, path: string, node: AnyStateNode): StateCounts {
  // A membership rests in it as a record, whose actor is dropped and made again (docs/decisions/0002).
  const rests = machine === 'membership' && path === 'joined';
  const step = stepOf(machine, path);
  return {
    machine,
    path,
    maxMs: readMaxMs(node),
    entered: 0,
    time: rests || node.type === 'final' ? undefined : new HistogramCounts(STATE_BOUNDS_MS),
    step: step && { name: step, time: new HistogramCounts(STEP_BOUNDS_MS) },
  };
}

function readMaxMs(node: AnyStateNode): number | undefined {
  const maxSeconds = maxSecondsOf(node);
  return maxSeconds === undefined ? undefined : maxSeconds * 1_000;
}

function statesOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states as Readonly<Record<string, AnyStateNode>>).flatMap((child) => [
    child,
    ...statesOf(child),
  ]);
}

/** What the chart calls each type of events: XState's own have ids in them. */
function nameEvents(machine: AnyStateMachine): Map<string, string> {
  return new Map(
    describeChart(machine).transitions.map(({ id, trigger }) => {
      const [, descriptor = ''] = id.split('|');
      return [descriptor, describeTrigger(trigger)];
    }),
  );
}
