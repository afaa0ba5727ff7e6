/**
 * Makes the first snapshot of an actor, if this needs only its context, plain guards and plain actions. The actor begins
 * in the initial states or in a given state. XState runs the actions when the actor is started.
 *
 * It relies on these internals of XState 5.33; reliance*.test.ts check them:
 * - the context is a copy of what the machine's context function returns for `{ spawn, input, self }`;
 * - guards, params and actions get the event `xstate.init` with the input;
 * - no action runs before the first snapshot is made: guards of eventless transitions get the context as it was made,
 *   and `actionExecutor` keeps the actions, with their arguments and params, until the actor is started.
 *
 * The context may be made twice, here and by the interpreter, so making it must have no effects.
 */

import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { planBeginning } from './move.ts';
import { NOTHING, selectEventless } from './select.ts';
import { beginIn } from './snapshot.ts';
import { paramsOf, toActions, type Step } from './steps.ts';
import type { Table } from './table.ts';
import type { Tables } from './tables.ts';

/** The argument of `machine.resolveState`. */
export type Restored = Parameters<AnyStateMachine['resolveState']>[0];

/** Makes the first snapshots of a machine's actors. */
export class Beginning {
  readonly #machine: AnyStateMachine;
  readonly #tables: Tables;
  /** A snapshot of the machine, from which new ones copy what all snapshots share. */
  readonly #model: AnyMachineSnapshot;
  /** The initial states and their entry actions. */
  readonly #first: { readonly steps: readonly Step[]; readonly table: Table } | undefined;
  /** By the name of the state, for `resolve`. */
  readonly #resting = new Map<string, Table>();
  #spawns = false;

  constructor(machine: AnyStateMachine, tables: Tables) {
    this.#machine = machine;
    this.#tables = tables;
    const nodes = planBeginning(machine.root);
    const steps =
      nodes &&
      toActions(
        machine,
        nodes.flatMap(({ entry }) => entry),
      );
    this.#first = steps && nodes && { steps, table: tables.of(nodes) };
    this.#model = machine.resolveState({ value: {}, context: {} });
  }

  /** The first snapshot of an actor, or undefined if the interpreter must make it. */
  begin(scope: AnyActorScope, input: unknown): AnyMachineSnapshot | undefined {
    const first = this.#first;
    if (first === undefined || this.#spawns) return undefined;
    const event = { type: 'xstate.init', input } as EventObject;
    let { steps, table } = first;
    let context: unknown;
    let given: unknown[];
    try {
      context = this.#makeContext(scope, input);
      if (this.#spawns) return undefined;
      const args = { context, event };
      const outcome = selectEventless(table, args);
      if (outcome === undefined || outcome.to?.isEnd === true) return undefined;
      if (outcome !== NOTHING) steps = [...steps, ...outcome.steps];
      if (outcome.to !== undefined) table = this.#tables.of(outcome.to.nodes);
      given = steps.map((step) => paramsOf(step, args));
    } catch {
      // The interpreter gets the same error and makes a snapshot with it.
      return undefined;
    }
    const { self, system } = scope;
    for (const [index, { type, implementation: exec }] of steps.entries()) {
      const info = { context, event, self, system };
      scope.actionExecutor({ type, info, params: given[index], exec } as never);
    }
    return beginIn(table, context, this.#model);
  }

  /**
   * The same as `machine.resolveState`, but the states of a value are looked up only once. Undefined if the value is more
   * than the name of a state.
   */
  resolve({ value, context, ...more }: Restored): AnyMachineSnapshot | undefined {
    if (typeof value !== 'string' || Object.keys(more).length > 0) return undefined;
    let table = this.#resting.get(value);
    if (table === undefined) {
      const { _nodes: nodes, status } = this.#machine.resolveState({ value, context });
      if (status !== 'active') return undefined;
      table = this.#tables.of(nodes);
      this.#resting.set(value, table);
    }
    return beginIn(table, context ?? {}, this.#model);
  }

  #makeContext({ self }: AnyActorScope, input: unknown): unknown {
    const { context } = this.#machine.config;
    if (typeof context !== 'function') return context ?? {};
    const spawn = (): never => {
      this.#spawns = true;
      throw new Error('the interpreter must spawn');
    };
    return { ...context({ spawn, input, self }) };
  }
}
