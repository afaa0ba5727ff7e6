import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';
import { describe, expect, test } from 'vitest';
import { MACHINES } from '../../actors/machines.ts';
import { nameTransition, toTransitionId } from './transition-id.ts';

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

function transitionsOf(node: AnyStateNode): AnyTransitionDefinition[] {
  return nodesOf(node).flatMap(({ transitions, always }) => [
    ...(always ?? []),
    ...[...transitions.values()].flat(),
  ]);
}

describe.each(Object.values(MACHINES).map((machine) => [machine.id, machine.root] as const))(
  'the ids of the transitions of %s',
  (_, root) => {
    test('are each of one transition', () => {
      const ids = transitionsOf(root).map(toTransitionId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(0);
    });

    test('tell the source, the descriptor and the place', () => {
      for (const node of nodesOf(root)) {
        const path = node.path.join('.');
        expect((node.always ?? []).map(toTransitionId)).toEqual(
          (node.always ?? []).map((__, index) => nameTransition(path, '', index)),
        );
        for (const [descriptor, transitions] of node.transitions) {
          expect(transitions.map(toTransitionId)).toEqual(
            transitions.map((__, index) => nameTransition(path, descriptor, index)),
          );
        }
      }
    });
  },
);

test('copies of a machine take transitions of the same ids', () => {
  const copy = MACHINES.room.provide({});
  expect(transitionsOf(copy.root).map(toTransitionId)).toEqual(
    transitionsOf(MACHINES.room.root).map(toTransitionId),
  );
});
