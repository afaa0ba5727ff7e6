/** Selects transitions of a table. It calls their guards and runs no actions. */

import type { EventObject } from 'xstate';
import { paramsOf, type Step } from './steps.ts';
import type { Candidate, Choice, Outcome, Table } from './table.ts';

/** The first argument of guards; the second is their params. */
export interface GuardArgs {
  readonly context: unknown;
  readonly event: EventObject;
}

/** No transition was selected. */
export const NOTHING: Outcome = { steps: [], to: undefined, taken: 0 };

/** Returns `NOTHING` if no transition is selected, and undefined if the lane cannot handle the selected one. */
export function select({ regions, candidates }: Choice, args: GuardArgs): Outcome | undefined {
  if (regions.length > 0) {
    const selected = selectInEach(regions, args);
    if (selected !== NOTHING) return selected;
  }
  // A counted loop because this runs for every message (docs/decisions/0013-written-for-every-message.md).
  for (let index = 0; index < candidates.length; index += 1) {
    const { guard, outcome } = candidates[index]!;
    if (guard === undefined || passes(guard, args)) return outcome;
  }
  return NOTHING;
}

/** The transitions that an event takes when the interpreter handles it: at most one of each region. */
export function listTaken({ regions, candidates }: Choice, args: GuardArgs): Candidate[] {
  const inner = regions.flatMap((region) => listTaken(region, args));
  if (inner.length > 0) return inner;
  const taken = candidates.find(({ guard }) => guard === undefined || passes(guard, args));
  return taken === undefined ? [] : [taken];
}

/** The same for eventless transitions. */
export function selectEventless({ eventless }: Table, args: GuardArgs): Outcome | undefined {
  let only = NOTHING;
  for (const choice of eventless) {
    const outcome = select(choice, args);
    if (outcome === NOTHING || outcome === only) continue;
    if (outcome === undefined || only !== NOTHING) return undefined;
    only = outcome;
  }
  return only;
}

function selectInEach(regions: readonly Choice[], args: GuardArgs): Outcome | undefined {
  let all = NOTHING;
  for (const region of regions) {
    const outcome = select(region, args);
    if (outcome === undefined) return undefined;
    if (outcome === NOTHING) continue;
    if (all === NOTHING) all = outcome;
    // Two moves at the same time may conflict, and their actions are mixed. The interpreter must do this.
    else if (all.to !== undefined || outcome.to !== undefined) return undefined;
    else {
      // The lane runs what is made here, which is not counted itself.
      all.taken += 1;
      outcome.taken += 1;
      all = { steps: [...all.steps, ...outcome.steps], to: undefined, taken: 0 };
    }
  }
  return all;
}

function passes(guard: Step, args: GuardArgs): unknown {
  return guard.implementation(args, paramsOf(guard, args));
}
