/**
 * What is counted of one machine: for each state, how often it was entered and how long actors were in it; for each event,
 * how many came and how many led to other states. The names are those of the chart, so there are only so many.
 */

import type { AnyStateMachine, AnyStateNode } from 'xstate';
import type { MachineKind } from '../../actors/runtime/live-machine.ts';
import { describeChart, maxSecondsOf } from '../../inspect/chart/describe-chart.ts';
import { describeTrigger } from '../../inspect/chart/transition-text.ts';
import { HistogramCounts } from '../values/histogram.ts';
import { STEP_BOUNDS_MS, stepOf, type StepName } from './steps.ts';

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

/** One type of events. */
export interface EventCounts {
  /** Events that have left an actor in its states. */
  stayed: number;
  /** Events that have brought an actor to other states. */
  moved: number;
}

export class MachineCounts {
  readonly kind: MachineKind;
  /** By their paths. */
  readonly states: ReadonlyMap<string, StateCounts>;
  /** By what the chart calls them, such as `room.join` or `after flush`. */
  readonly events = new Map<string, EventCounts>();
  readonly #names: ReadonlyMap<string, string>;

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

  /** The counts of an event by its type, as XState calls it. */
  event(type: string): EventCounts {
    const name = this.#names.get(type) ?? OTHER;
    let counts = this.events.get(name);
    if (counts === undefined) {
      counts = { stayed: 0, moved: 0 };
      this.events.set(name, counts);
    }
    return counts;
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
