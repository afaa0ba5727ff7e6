/** The types of a table: states that are active together, and the outcome of each event in them. */

import type { AnyStateNode, EventObject, StateValue } from 'xstate';
import type { Step } from './steps.ts';

/** What an event does. */
export interface Outcome {
  /** All actions in order, including exit and entry actions. */
  readonly steps: readonly Step[];
  /** The states afterwards; undefined if the states do not change. */
  readonly to: Destination | undefined;
  /** How often the lane has run it. */
  taken: number;
}

/** States that are active together, in XState's order. */
export interface Destination {
  readonly nodes: readonly AnyStateNode[];
  /** Whether the machine ends. */
  readonly isEnd: boolean;
  /** Whether an eventless transition may follow. Then these states have no transition for the event that led here. */
  readonly hasEventless: boolean;
}

/** One of the transitions that a state has for an event. */
export interface Candidate {
  /** If undefined, the transition is always taken. */
  readonly guard: Step | undefined;
  /** If undefined, the interpreter must do it. */
  readonly outcome: Outcome | undefined;
  /** How often it was left to the interpreter. */
  left: number;
}

/** Which transitions an event selects: one of each region, or if there is none, the first candidate whose guard passes. */
export interface Choice {
  /** The outcome, if it does not depend on a guard. */
  readonly certain: Outcome | undefined;
  /** Parallel regions that have transitions for the event, in order. */
  readonly regions: readonly Choice[];
  /** From the innermost state outwards; those of one state are in the order of the chart. */
  readonly candidates: readonly Candidate[];
  /** How often the lane has handled the event. */
  heard: number;
}

/** States that are active together, and their choice for each event. They ignore an event that is not in the table. */
export interface Table {
  readonly nodes: readonly AnyStateNode[];
  readonly value: StateValue;
  readonly tags: ReadonlySet<string>;
  /** Empty if the table is not complete. */
  readonly choices: ReadonlyMap<EventObject['type'], Choice>;
  /** The eventless transitions, which are checked after every event: one choice for each innermost state. */
  readonly eventless: readonly Choice[];
  /** False if an event may do more than its own transitions. Then the interpreter handles all events. */
  readonly isComplete: boolean;
  /** The last lookup: on a busy server the same event type comes many times in a row. */
  latestType: EventObject['type'];
  latestChoice: Choice | undefined;
}

/** The choice of these states for an event. Undefined if they have no transition for it. */
export function lookUp(table: Table, type: EventObject['type']): Choice | undefined {
  return table.latestType === type ? table.latestChoice : lookUpAnother(table, type);
}

function lookUpAnother(table: Table, type: EventObject['type']): Choice | undefined {
  table.latestType = type;
  table.latestChoice = table.choices.get(type);
  return table.latestChoice;
}
