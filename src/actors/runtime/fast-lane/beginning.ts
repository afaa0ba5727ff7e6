/**
 * How an actor begins, where that takes nothing but its context, plain guards and plain actions: the states that it
 * enters at first, or those in which it is to wake. XState runs the actions, when the actor is started.
 *
 * What it takes for granted of XState 5.33, and reliance*.test.ts hold XState to:
 * - the context is a copy of what the machine's function makes of `{ spawn, input, self }`;
 * - the event of a beginning is `xstate.init` with the input, for guards, params and actions;
 * - nothing is done before the first snapshot is made: guards of eventless transitions find the context as it was
 *   made, and actions wait in `actionExecutor`, with their arguments and params, for the actor's start.
 *
 * A context may be made twice, here and by the interpreter: making it has no effects.
 */

import type { AnyActorScope, AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { planBeginning } from './move.ts';
import { NOTHING, selectEventless } from './select.ts';
import { beginIn } from './snapshot.ts';
import { paramsOf, toActions, type Step } from './steps.ts';
import type { Table } from './table.ts';
import type { Tables } from './tables.ts';

/** What `machine.resolveState` is given. */
export type Restored = Parameters<AnyStateMachine['resolveState']>[0];

/** The beginnings of a machine's actors. */
export class Beginning {
  readonly #machine: AnyStateMachine;
  readonly #tables: Tables;
  /** One of the machine's, for what all of them have in common. */
  readonly #model: AnyMachineSnapshot;
  /** What entering the first states asks for, and which these are. */
  readonly #first: { readonly steps: readonly Step[]; readonly table: Table } | undefined;
  /** By the name of the state. */
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

  /** The actor's first snapshot; undefined when that is for the interpreter to say. */
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
      // The interpreter meets the same error and makes a snapshot of it.
      return undefined;
    }
    const { self, system } = scope;
    for (const [index, { type, implementation: exec }] of steps.entries()) {
      const info = { context, event, self, system };
      scope.actionExecutor({ type, info, params: given[index], exec } as never);
    }
    return beginIn(table, context, this.#model);
  }

  /** `machine.resolveState`, which looks a value up each time; undefined for what is more than a state's name. */
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
      throw new Error('the interpreter has to spawn');
    };
    return { ...context({ spawn, input, self }) };
  }
}
