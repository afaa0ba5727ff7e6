/** Orders and questions between workers: the primary passes them on, in the order in which they come. */

import type { Json } from '../../protocol/command.ts';
import type { Control, ControlNode, Order, Question, Survey } from '../../broker/control/control.ts';
import type { Channel } from '../channel/channel.ts';

/** How long a worker may need to obey. */
const OBEY_MS = 5_000;
/** An answer to a survey needs a little more than its own deadline. */
const SURVEY_MARGIN_MS = 500;

/** Those that are connected with each other. */
export class ControlHub {
  /** Workers that obey and answer, and the ids of their nodes. */
  readonly #nodes = new Map<Channel, string>();

  /** Serves a worker until its channel ends. */
  serve(channel: Channel): void {
    channel.serve('control', {
      attach: (id: string) => void this.#nodes.set(channel, id),
      detach: () => void this.#nodes.delete(channel),
      order: (order: Order, node?: string) => this.#order(order, node),
      survey: (question: Question, deadlineMs: number) => this.#survey(question, deadlineMs),
    });
    void channel.closed.then(() => this.#nodes.delete(channel));
  }

  async #order(order: Order, id: string | undefined): Promise<boolean> {
    const nodes = [...this.#nodes].filter(([, known]) => known === (id ?? known));
    const obeyed = await Promise.allSettled(
      nodes.map(([node]) => node.call('control.obey', [order], OBEY_MS)),
    );
    return obeyed.some((outcome) => outcome.status === 'fulfilled' && outcome.value === true);
  }

  async #survey(question: Question, deadlineMs: number): Promise<Survey> {
    const asked = await Promise.allSettled(
      [...this.#nodes.keys()].map((node) => node.call('control.answer', [question], deadlineMs)),
    );
    const answers = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value as Json] : []));
    return { answers, missing: asked.length - answers.length };
  }
}

export function createRemoteControl(channel: Channel): Control {
  return {
    attach(node: ControlNode) {
      channel.serve('control', {
        obey: (order: Order) => node.obey(order),
        answer: (question: Question) => node.answer(question),
      });
      channel.tell('control.attach', [node.id]);
    },
    order: (order, node) =>
      channel.call('control.order', node === undefined ? [order] : [order, node]) as Promise<boolean>,
    survey: (question, deadlineMs) =>
      channel.call(
        'control.survey',
        [question, deadlineMs],
        deadlineMs + SURVEY_MARGIN_MS,
      ) as Promise<Survey>,
    close: () => channel.tell('control.detach', []),
  };
}
