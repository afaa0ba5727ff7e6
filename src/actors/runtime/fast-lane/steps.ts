/**
 * Finds the functions and params of the guards and actions that a chart names, if they are plain functions. Nothing is
 * run here.
 */

import type { AnyStateMachine } from 'xstate';

/** A guard or an action that is a plain function. */
export interface Step {
  /** Its name in the chart. */
  readonly type: string;
  readonly implementation: (args: object, params: unknown) => unknown;
  /** The params in the chart: a value, or a function of context and event that returns it. */
  readonly params: unknown;
}

/** Finds a guard. Undefined if it is not a plain function. */
export function toGuard({ implementations }: AnyStateMachine, part: unknown): Step | undefined {
  return toStep(part, implementations.guards, 'check');
}

/** Finds actions. Undefined if one of them is not a plain function. */
export function toActions(
  { implementations }: AnyStateMachine,
  parts: readonly unknown[],
): Step[] | undefined {
  const steps: Step[] = [];
  for (const part of parts) {
    const step = toStep(part, implementations.actions, 'resolve');
    if (step === undefined) return undefined;
    steps.push(step);
  }
  return steps;
}

/** The params for one call of a step. */
export function paramsOf({ params }: Step, args: object): unknown {
  return typeof params === 'function' ? params(args) : params;
}

/** Finds a plain function. A builtin of XState has a method named `builtin` and is not plain. */
function toStep(
  part: unknown,
  implementations: Readonly<Record<string, unknown>>,
  builtin: 'check' | 'resolve',
): Step | undefined {
  if (typeof part === 'function') {
    const type = part.name || '(anonymous)';
    return builtin in part
      ? undefined
      : { type, implementation: part as Step['implementation'], params: undefined };
  }
  const { type, params } = (typeof part === 'string' ? { type: part } : part) as {
    readonly type: string;
    readonly params?: unknown;
  };
  const implementation = implementations[type];
  if (typeof implementation !== 'function' || builtin in implementation) return undefined;
  return { type, implementation: implementation as Step['implementation'], params };
}
