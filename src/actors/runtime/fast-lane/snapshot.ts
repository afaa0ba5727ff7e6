/**
 * Snapshots as XState writes them, of states whose table is known. It is written out in XState's own order: with a
 * spread each would have a hidden class of its own, and all that reads snapshots would be slow.
 */

import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import type { Table } from './table.ts';

/**
 * A snapshot in other states. What is theirs is shared by all snapshots that are in them. Whoever comes back to the
 * list of states that it had `before` the event has moved all the same: it gets another one, which tells.
 */
export function moveTo(
  table: Table,
  isEnd: boolean,
  from: AnyMachineSnapshot,
  before: readonly AnyStateNode[],
): AnyMachineSnapshot {
  const nodes = table.nodes === before ? [...before] : table.nodes;
  const { context, children, historyValue } = from;
  return write(table, nodes, from, { status: isEnd ? 'done' : from.status, context, children, historyValue });
}

/** The first snapshot of an actor, which has the rest in common with any other of its machine. */
export function beginIn(table: Table, context: unknown, model: AnyMachineSnapshot): AnyMachineSnapshot {
  return write(table, table.nodes, model, { status: 'active', context, children: {}, historyValue: {} });
}

function write(
  { value, tags }: Table,
  nodes: readonly AnyStateNode[],
  { output, error, machine, matches, hasTag, can, getMeta, toJSON }: AnyMachineSnapshot,
  { status, context, children, historyValue }: Own,
): AnyMachineSnapshot {
  return {
    status,
    output,
    error,
    machine,
    context,
    _nodes: nodes,
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

/** What is a snapshot's own, besides its states. */
interface Own {
  readonly status: string;
  readonly context: unknown;
  readonly children: unknown;
  readonly historyValue: unknown;
}
