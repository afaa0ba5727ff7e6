/**
 * Snapshots as XState writes them, of states whose table is known. Each is written out in XState's own order: with a
 * spread it would have a hidden class of its own, and all that reads snapshots would be slow.
 */

import type { AnyMachineSnapshot, AnyStateMachine, AnyStateNode } from 'xstate';
import type { Table } from './table.ts';

/**
 * A snapshot in other states. What is theirs is shared by all snapshots that are in them. Whoever comes back to the
 * list of states that it had `before` the event has moved all the same: it gets another one, which tells.
 */
export function moveTo(
  { nodes, value, tags }: Table,
  isEnd: boolean,
  from: AnyMachineSnapshot,
  before: readonly AnyStateNode[],
): AnyMachineSnapshot {
  const { status, output, error, machine, context, children, historyValue } = from;
  const { matches, hasTag, can, getMeta, toJSON } = from;
  return {
    status: isEnd ? 'done' : status,
    output,
    error,
    machine,
    context,
    _nodes: nodes === before ? [...nodes] : nodes,
    value,
    tags,
    children,
    historyValue,
    matches,
    hasTag,
    can,
    getMeta,
    toJSON,
  } as unknown as AnyMachineSnapshot;
}

/** The first snapshot of an actor. */
export function beginIn(
  { nodes, value, tags }: Table,
  machine: AnyStateMachine,
  context: unknown,
  { matches, hasTag, can, getMeta, toJSON }: AnyMachineSnapshot,
): AnyMachineSnapshot {
  return {
    status: 'active',
    output: undefined,
    error: undefined,
    machine,
    context,
    _nodes: nodes,
    value,
    tags,
    children: {},
    historyValue: {},
    matches,
    hasTag,
    can,
    getMeta,
    toJSON,
  } as unknown as AnyMachineSnapshot;
}
