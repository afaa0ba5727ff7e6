/**
 * The guards and actions that a chart means, where they are plain functions: which function, and with what params.
 * It runs none of them.
 */

import type { AnyStateMachine } from 'xstate';

/** A guard or an action: a plain function, and what the chart gives it besides the event. */
export interface Step {
  /** What the chart calls it. */
  readonly type: string;
  readonly implementation: (args: object, params: unknown) => unknown;
  /** A value, or a function that makes it of context and event. */
  readonly params: unknown;
}

/** What a chart has in the place of a guard; undefined when it is no plain function. */
export function toGuard({ implementations }: AnyStateMachine, part: unknown): Step | undefined {
  return toStep(part, implementations.guards, 'check');
}

/** What a chart has in the place of actions; undefined when one of them is no plain function. */
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

/** What a step is given besides its arguments. */
export function paramsOf({ params }: Step, args: object): unknown {
  return typeof params === 'function' ? params(args) : params;
}

/** The plain function that a chart means; none for a builtin, which has a method by the name of `builtin`. */
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
