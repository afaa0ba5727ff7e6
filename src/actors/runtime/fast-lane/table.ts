/** What there is to know of states that are active together, and of what events come to in them. */

import type { AnyStateNode, EventObject, StateValue } from 'xstate';
import type { Step } from './steps.ts';

/** What comes of an event. */
export interface Outcome {
  /** What is done, in order: what leaving states and entering others asks for, too. */
  readonly steps: readonly Step[];
  /** Where it leads; undefined when all states stay. */
  readonly to: Destination | undefined;
}

/** States that are active together, in XState's order. */
export interface Destination {
  readonly nodes: readonly AnyStateNode[];
  /** Whether the machine has come to its end with them. */
  readonly isEnd: boolean;
  /** Whether an eventless transition may follow at once. What led there is then nothing that they would take. */
  readonly isRestless: boolean;
}

/** One of the transitions that a state has for an event. */
export interface Candidate {
  /** Without one it is always taken. */
  readonly guard: Step | undefined;
  /** Undefined when there is more to it. */
  readonly outcome: Outcome | undefined;
}

/** Which transitions an event selects: one from each region that has one, or else the first candidate that may. */
export interface Choice {
  /** What is selected whatever is the case, where that can be told beforehand. */
  readonly certain: Outcome | undefined;
  /** Parallel regions that have something for the event, in the order in which they are asked. */
  readonly regions: readonly Choice[];
  /** From the innermost state outwards, each state's in its own order. */
  readonly candidates: readonly Candidate[];
}

/** States that are active together, and what they do about each event; one that is not in it is ignored. */
export interface Table {
  readonly nodes: readonly AnyStateNode[];
  readonly value: StateValue;
  readonly tags: ReadonlySet<string>;
  /** Empty where the table is not complete. */
  readonly choices: ReadonlyMap<EventObject['type'], Choice>;
  /** Their eventless transitions: what each innermost state is asked after every event. */
  readonly eventless: readonly Choice[];
  /** False where more than the event's own transitions is at stake: nothing can be read off there. */
  readonly isComplete: boolean;
  /** What was looked up last: on a busy server it is looked up again. */
  latestType: EventObject['type'];
  latestChoice: Choice | undefined;
}

/** What an event selects in these states; undefined when there is nothing for it. */
export function lookUp(table: Table, type: EventObject['type']): Choice | undefined {
  return table.latestType === type ? table.latestChoice : lookUpAnother(table, type);
}

function lookUpAnother(table: Table, type: EventObject['type']): Choice | undefined {
  table.latestType = type;
  table.latestChoice = table.choices.get(type);
  return table.latestChoice;
}
