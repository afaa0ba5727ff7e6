import type { AnyStateNode } from 'xstate';
import { describe, expect, test } from 'vitest';
import { MACHINES } from './machines.ts';

function statesOf(node: AnyStateNode): AnyStateNode[] {
  return Object.values(node.states).flatMap((state) => [state, ...statesOf(state)]);
}

/** Every state that an event, a delay, an actor or a guard can lead to, its ancestors and its initial states included. */
function reachable(root: AnyStateNode): Set<string> {
  const found = new Set<string>();
  const enter = (node: AnyStateNode): void => {
    if (found.has(node.id)) return;
    found.add(node.id);
    if (node.parent !== undefined) enter(node.parent);
    if (node.type === 'parallel') for (const region of Object.values(node.states)) enter(region);
    else if (node.type === 'compound') for (const target of node.initial.target) enter(target);
    const transitions = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
    for (const { target } of transitions) for (const next of target ?? []) enter(next);
  };
  enter(root);
  return found;
}

describe.each(Object.values(MACHINES).map((machine) => [machine.id, machine.root] as const))(
  'the chart of %s',
  (_, root) => {
    test('describes every one of its states', () => {
      const silent = [root, ...statesOf(root)].filter(({ description }) => !description).map(({ id }) => id);
      expect(silent).toEqual([]);
    });

    test('has a way into every one of its states', () => {
      const found = reachable(root);
      const lost = statesOf(root)
        .filter(({ id }) => !found.has(id))
        .map(({ id }) => id);
      expect(lost).toEqual([]);
    });

    test('never catches every event, which would swallow the failures of its children', () => {
      const greedy = [root, ...statesOf(root)].filter(({ on }) => '*' in (on as object)).map(({ id }) => id);
      expect(greedy).toEqual([]);
    });

    test('names its actions and guards, so that they can be shown and replaced', () => {
      const inline = [root, ...statesOf(root)]
        .flatMap((node) => [...node.transitions.values()].flat())
        .flatMap(({ actions, guard }) => [...actions, guard])
        .filter((part) => typeof part === 'function' && !('check' in part));
      expect(inline).toEqual([]);
    });
  },
);
