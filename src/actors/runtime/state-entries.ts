/**
 * Charts that tell when chosen states are entered. A chart is made anew with one more entry action in each of these states,
 * and is otherwise as it was written; a chart without chosen states stays the same object.
 */

import {
  createMachine,
  type AnyActorRef,
  type AnyStateMachine,
  type AnyStateNode,
  type MachineContext,
} from 'xstate';

/** Told that an actor has entered a state, by its path below the machine such as `open.flow.congested`. */
export type TellEntry = (path: string, actor: AnyActorRef, context: MachineContext) => void;

/** The paths of all states of a machine, from the outermost to the innermost. */
export function listStatePaths(machine: AnyStateMachine): string[] {
  const paths: string[] = [];
  const walk = (node: AnyStateNode): void => {
    for (const child of Object.values(node.states)) {
      paths.push(child.path.join('.'));
      walk(child);
    }
  };
  walk(machine.root);
  return paths;
}

/** The same machine, which also tells when it enters these states. */
export function tellEntries<Machine extends AnyStateMachine>(
  machine: Machine,
  paths: readonly string[],
  tell: TellEntry,
): Machine {
  if (paths.length === 0) return machine;
  let config = machine.config as StateConfig;
  for (const path of paths) {
    config = withEntry(config, path.split('.'), function tellStateEntered({ context, self }) {
      tell(path, self, context);
    });
  }
  return createMachine(config as never, machine.implementations as never) as unknown as Machine;
}

type Entry = (args: { readonly context: MachineContext; readonly self: AnyActorRef }) => void;

interface StateConfig {
  readonly states?: Readonly<Record<string, StateConfig>>;
  readonly entry?: unknown;
}

function withEntry(config: StateConfig, [key, ...rest]: readonly string[], entry: Entry): StateConfig {
  if (key === undefined) {
    const before =
      config.entry === undefined ? [] : Array.isArray(config.entry) ? config.entry : [config.entry];
    return { ...config, entry: [...before, entry] };
  }
  const state = config.states?.[key];
  if (state === undefined) throw new RangeError(`there is no state ${key}`);
  return { ...config, states: { ...config.states, [key]: withEntry(state, rest, entry) } };
}
