/** The control of a server that is one process: everything is done in the same turn. */

import type { Json } from '../../protocol/command.ts';
import type { Control, ControlNode, Order, Question, Survey } from './control.ts';

export function createMemoryControl(): Control {
  return createMemoryControls()();
}

/** For several servers in one process: each call makes the control of one of them, connected with the others. */
export function createMemoryControls(): () => Control {
  const nodes = new Set<ControlNode>();
  return () => new MemoryControl(nodes);
}

class MemoryControl implements Control {
  /** All nodes, this one included. */
  readonly #nodes: Set<ControlNode>;
  #own: ControlNode | undefined;

  constructor(nodes: Set<ControlNode>) {
    this.#nodes = nodes;
  }

  attach(node: ControlNode): void {
    this.#own = node;
    this.#nodes.add(node);
  }

  order(order: Order, id?: string): boolean {
    let isFound = false;
    for (const node of this.#nodes) {
      if (id !== undefined && node.id !== id) continue;
      try {
        isFound = node.obey(order) || isFound;
      } catch {
        // As on another machine: what fails there is that node's, which tells of it itself.
      }
    }
    return isFound;
  }

  survey(question: Question): Survey {
    const answers: Json[] = [];
    for (const node of this.#nodes) {
      try {
        answers.push(node.answer(question));
      } catch {
        // It is missing.
      }
    }
    return { answers, missing: this.#nodes.size - answers.length };
  }

  close(): void {
    if (this.#own !== undefined) this.#nodes.delete(this.#own);
  }
}
