/**
 * Makes snapshots with the same properties, in the same order, as XState does. There is no spread here: with a spread, V8
 * would give each snapshot its own hidden class, and all code that reads snapshots would be slow.
 */

import type { AnyMachineSnapshot, AnyStateNode } from 'xstate';
import type { Table } from './table.ts';

/**
 * A snapshot in other states. The list of states, the value and the tags are shared by all snapshots in these states. If
 * the list is the same as `before` the event, it is copied: a new list shows that the actor has moved.
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

/** The first snapshot of an actor. Everything else is copied from `model`, a snapshot of the same machine. */
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

/** The properties that differ between snapshots in the same states. */
interface Own {
  readonly status: string;
  readonly context: unknown;
  readonly children: unknown;
  readonly historyValue: unknown;
}
