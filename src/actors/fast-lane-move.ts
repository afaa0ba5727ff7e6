/**
 * Where a transition with a target leads from states that are active together, by the rules of SCXML that XState
 * keeps: which states it leaves and enters, in which order. It knows one plain target, and no history.
 */

import type { AnyStateNode } from 'xstate';

export type Transition = AnyStateNode['transitions'] extends Map<string, (infer One)[]> ? One : never;

export interface Move {
  /** In the order in which they are left. */
  readonly left: readonly AnyStateNode[];
  /** In the order in which they are entered. */
  readonly entered: readonly AnyStateNode[];
  /** What is active then, in XState's order. */
  readonly nodes: readonly AnyStateNode[];
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
  return { left, entered: inOrder, nodes };
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

function hasMoreToEnter({ type, invoke, initial, always }: AnyStateNode): boolean {
  const isUnusual = type === 'final' || type === 'history' || always !== undefined || invoke.length > 0;
  return isUnusual || (type === 'compound' && initial.actions.length > 0);
}
