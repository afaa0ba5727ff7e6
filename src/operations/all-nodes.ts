/** Orders and questions to all nodes, as operations need them: what fails is told, and answered by a temporary error. */

import type { Answer } from '../actors/room/ports.ts';
import type { Control, Order, Question, Survey } from '../broker/control/control.ts';
import type { EventSink } from '../events/server-events.ts';
import { createRefusal } from '../protocol/errors.ts';
import type { Found } from './operations.ts';

/** How long other nodes may take to answer a question. */
const SURVEY_MS = 2_000;

const UNREACHABLE = {
  refusal: createRefusal('internal', 'the other nodes cannot be reached, try again later'),
};

export interface AllNodes {
  /**
   * Gives an order; `then` makes the answer of whether a node has what it is about.
   * @param node Only this node obeys.
   */
  order<Value>(order: Order, then: (isFound: boolean) => Answer<Value>, node?: string): Answer<Value>;
  /** Asks all nodes; `then` makes the answer of theirs. */
  survey<Value>(question: Question, then: (survey: Survey) => Answer<Value>): Answer<Value>;
}

export function createAllNodes(control: Pick<Control, 'order' | 'survey'>, events: EventSink): AllNodes {
  function fail(error: unknown): typeof UNREACHABLE {
    events.emit('part.failed', { part: 'control', error });
    return UNREACHABLE;
  }

  function ask<Reply, Value>(
    call: () => Reply | Promise<Reply>,
    then: (reply: Reply) => Answer<Value>,
  ): Answer<Value> {
    let reply: Reply | Promise<Reply>;
    try {
      reply = call();
    } catch (error) {
      return fail(error);
    }
    // What `then` throws is not the control's.
    return reply instanceof Promise
      ? reply.then((value) => ({ value }), fail).then((done) => ('value' in done ? then(done.value) : done))
      : then(reply);
  }

  return {
    order: (order, then, node) => ask(() => control.order(order, node), then),
    survey: (question, then) => ask(() => control.survey(question, SURVEY_MS), then),
  };
}

/** Whether an order has found what it is about. */
export function toFound(found: boolean): Found {
  return { found };
}
