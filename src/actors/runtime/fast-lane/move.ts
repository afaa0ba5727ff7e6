/**
 * Plans a transition with a target by the rules of SCXML, as XState does: which states are exited and entered, in which
 * order. It also plans the initial states of a machine. It handles one plain target and no history states.
 */

import type { AnyStateNode } from 'xstate';

export type Transition = AnyStateNode['transitions'] extends Map<string, (infer One)[]> ? One : never;

export interface Move {
  /** The exited states, in order. */
  readonly left: readonly AnyStateNode[];
  /** The entered states, in order. */
  readonly entered: readonly AnyStateNode[];
  /** The active states afterwards, in XState's order. At the end of a machine this order is reversed. */
  readonly nodes: readonly AnyStateNode[];
  /** Whether the move ends the machine. */
  readonly isEnd: boolean;
  /** The state inside the machine whose final state was entered. */
  readonly completed: AnyStateNode | undefined;
}

/** Plans the move of a transition. Undefined if more than exits and entries is needed. */
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

/** The initial states of a machine, in XState's order. Undefined if more than entries is needed. */
export function planBeginning(root: AnyStateNode): readonly AnyStateNode[] | undefined {
  const entered = new Set<AnyStateNode>();
  enter(root, entered);
  const nodes = [...entered].toSorted((a, b) => a.order - b.order);
  return nodes.some((node) => hasMoreToEnter(node) || node.type === 'final') ? undefined : nodes;
}

/** The innermost state that stays active during a transition. */
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

/** Enters the initial states inside a state. Regions that have an entered state already are left out. */
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

/** Whether a state is inside another one, at any depth. */
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

/** Whether a final state completes only its parent, and without an output. */
function isPlainEnd({ output, parent }: AnyStateNode): boolean {
  if (output !== undefined || parent?.type !== 'compound') return false;
  return parent.parent === undefined ? parent.output === undefined : parent.parent.type !== 'parallel';
}
