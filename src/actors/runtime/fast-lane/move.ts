/**
 * Where a transition with a target leads from states that are active together, by the rules of SCXML that XState
 * keeps: which states it leaves and enters, in which order; and where a machine begins. It knows one plain target,
 * and no history.
 */

import type { AnyStateNode } from 'xstate';

export type Transition = AnyStateNode['transitions'] extends Map<string, (infer One)[]> ? One : never;

export interface Move {
  /** In the order in which they are left. */
  readonly left: readonly AnyStateNode[];
  /** In the order in which they are entered. */
  readonly entered: readonly AnyStateNode[];
  /** What is active then, in XState's order: at the end of a machine, which leaves them so, the other way round. */
  readonly nodes: readonly AnyStateNode[];
  /** Whether the machine has come to its end. */
  readonly isEnd: boolean;
  /** The state that has come to its end, of those within the machine. */
  readonly completed: AnyStateNode | undefined;
}

/** The move of a transition; undefined when there is more to it than leaving and entering. */
export function planMove(transition: Transition, active: readonly AnyStateNode[]): Move | undefined {
  const { source, target: targets = [] } = transition;
  const [target] = targets as readonly AnyStateNode[];
  const domain = domainOf(transition, target);
  if (target === undefined || targets.length > 1 || domain === undefined) return undefined;

  const left = active.filter((node) => isWithin(node, domain)).toSorted((a, b) => b.order - a.order);
  const entered = new Set<AnyStateNode>();
  if (target !== domain || source !== domain) enter(target, entered);
  else enterWithin(target, entered);
  for (let around = target.parent; around !== undefined && isWithin(around, domain); around = around.parent) {
    entered.add(around);
    if (around.type === 'parallel') enterWithin(around, entered);
  }
  if (domain.type === 'parallel') enterWithin(domain, entered);

  const inOrder = [...entered].toSorted((a, b) => a.order - b.order);
  if (left.some(hasMoreToLeave) || inOrder.some(hasMoreToEnter)) return undefined;
  const nodes = [...new Set([...active.filter((node) => !left.includes(node)), ...inOrder])];
  const finals = inOrder.filter(({ type }) => type === 'final');
  const [final] = finals;
  if (final === undefined) return { left, entered: inOrder, nodes, isEnd: false, completed: undefined };
  if (finals.length > 1 || !isPlainEnd(final)) return undefined;
  const completed = final.parent;
  return completed?.parent === undefined
    ? {
        left,
        entered: inOrder,
        nodes: nodes.toSorted((a, b) => b.order - a.order),
        isEnd: true,
        completed: undefined,
      }
    : { left, entered: inOrder, nodes, isEnd: false, completed };
}

/** The states with which a machine begins, in XState's order; undefined when there is more to it than entering them. */
export function planBeginning(root: AnyStateNode): readonly AnyStateNode[] | undefined {
  const entered = new Set<AnyStateNode>();
  enter(root, entered);
  const nodes = [...entered].toSorted((a, b) => a.order - b.order);
  return nodes.some((node) => hasMoreToEnter(node) || node.type === 'final') ? undefined : nodes;
}

/** The innermost state that a transition stays in. */
function domainOf(
  { source, reenter }: Transition,
  target: AnyStateNode | undefined,
): AnyStateNode | undefined {
  if (target === undefined) return undefined;
  if (!reenter && (target === source || isWithin(target, source))) return source;
  for (let around = target.parent; around !== undefined; around = around.parent) {
    if (isWithin(source, around)) return around;
  }
  return reenter ? undefined : source.machine.root;
}

function enter(node: AnyStateNode, entered: Set<AnyStateNode>): void {
  entered.add(node);
  enterWithin(node, entered);
}

/** Enters what a state begins with, where nothing of it is entered yet. */
function enterWithin(node: AnyStateNode, entered: Set<AnyStateNode>): void {
  if (node.type === 'compound') {
    for (const first of node.initial.target) enter(first, entered);
  } else if (node.type === 'parallel') {
    for (const region of Object.values(node.states) as AnyStateNode[]) {
      if (region.type === 'history' || [...entered].some((other) => isWithin(other, region))) continue;
      enter(region, entered);
    }
  }
}

/** Whether a state lies within another one, at any depth. */
function isWithin(node: AnyStateNode, around: AnyStateNode): boolean {
  for (let parent = node.parent; parent !== undefined; parent = parent.parent) {
    if (parent === around) return true;
  }
  return false;
}

function hasMoreToLeave({ invoke, states }: AnyStateNode): boolean {
  return (
    invoke.length > 0 || (Object.values(states) as AnyStateNode[]).some(({ type }) => type === 'history')
  );
}

function hasMoreToEnter({ type, invoke, initial }: AnyStateNode): boolean {
  return type === 'history' || invoke.length > 0 || (type === 'compound' && initial.actions.length > 0);
}

/** Whether a final state ends no more than the state around it, without any output. */
function isPlainEnd({ output, parent }: AnyStateNode): boolean {
  if (output !== undefined || parent?.type !== 'compound') return false;
  return parent.parent === undefined ? parent.output === undefined : parent.parent.type !== 'parallel';
}
