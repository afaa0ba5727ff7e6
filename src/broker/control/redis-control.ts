/**
 * The control of nodes that have one Redis in common. Orders to all nodes are in a stream (redis-orders.ts), orders to one
 * node and replies go by the channel of that node. A reply tells whether the node has what an order is about.
 */

import { randomUUID } from 'node:crypto';
import type { Json } from '../../protocol/command.ts';
import type { RedisKeys } from '../../redis/keys.ts';
import type { Redis, RedisScript } from '../../redis/redis.ts';
import { startQuietTimer, type Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import { AnswerParts, splitAnswer } from './answer-parts.ts';
import type { Control, ControlNode, Order, Question, Survey } from './control.ts';
import { GIVE_ORDER, ORDER_LETTER, OrderStream, publishCommand } from './redis-orders.ts';
import { ReplyTable } from './redis-replies.ts';

export interface RedisControlOptions {
  readonly redis: Redis;
  readonly keys: RedisKeys;
  /** The id of this node, as its lease has it. Default: that of the node that is attached. */
  readonly node?: string;
  /** The ids of the nodes that are there. */
  readonly livingNodes: () => Promise<readonly string[]>;
  readonly clock: Clock;
  /** Tells what went wrong, also on another node. */
  readonly onFault: (error: Error) => void;
}

/** How long nodes are waited for until an order counts as obeyed. */
const ORDER_MS = 2_000;
/** How long it takes until a start that has failed is tried again, if no connection is restored before. */
const RETRY_MS = 1_000;

/** Returns the number of nodes that have heard it: 0 or 1. */
const TELL_NODE: RedisScript = {
  name: 'tellNode',
  text: 'return redis.call(ARGV[2], KEYS[1], ARGV[1])',
};

/** The scripts that the control runs. */
export const CONTROL_SCRIPTS: readonly RedisScript[] = [GIVE_ORDER, TELL_NODE];

/** The letter with which a message begins tells what it is. A node ignores what it does not know. */
const QUESTION = 'q';
const OWN_ORDER = 'd';
const ACKNOWLEDGEMENTS = 'a';
const ANSWER = 'r';

/** An order or a question: who asks, and the number that replies have. */
interface Asked {
  readonly from: string;
  readonly number: number;
}
interface Acknowledgements {
  readonly node: string;
  readonly found: readonly (readonly [number: number, isFound: boolean])[];
}
/** The head of a part of an answer. Without parts, the node cannot answer. */
interface AnswerHead {
  readonly node: string;
  readonly number: number;
  readonly index: number;
  readonly count: number;
}

export function createRedisControl(options: RedisControlOptions): Control {
  return new RedisControl(options);
}

class RedisControl implements Control {
  readonly #options: RedisControlOptions;
  readonly #stream: OrderStream;
  readonly #acknowledged: ReplyTable<boolean>;
  readonly #answered: ReplyTable<Json>;
  readonly #parts = new AnswerParts();
  /** Acknowledgements of this turn, by who waits for them. */
  readonly #unsent = new Map<string, [number: number, isFound: boolean][]>();
  readonly #unknown = new Set<string>();
  /** Nodes that have let an order wait to its end: no other order waits for them, until they are heard again. */
  readonly #silent = new Set<string>();
  #node: ControlNode | undefined;
  /** The id of this node. */
  #id = '';
  #starting: Promise<void> | undefined;
  #retry: unknown;
  #stopListening: () => void = () => undefined;
  #isClosed = false;

  constructor(options: RedisControlOptions) {
    this.#options = options;
    this.#acknowledged = new ReplyTable(options.clock);
    this.#answered = new ReplyTable(options.clock);
    this.#stream = new OrderStream({
      ...options,
      newEpoch: randomUUID,
      take: (body) => this.#obey(body),
      onGap: () => options.onFault(new Error('this node was away too long: it has missed orders')),
    });
  }

  attach(node: ControlNode): void {
    this.#node = node;
    this.#id = this.#options.node ?? node.id;
  }

  async open(): Promise<void> {
    const { redis, keys, clock } = this.#options;
    this.#stopListening = redis.onRestored((restored) => {
      if (restored.affects(keys.control)) void this.#start();
    });
    await settleInTime(clock, this.#start(), ORDER_MS, 'late').catch(() => undefined);
  }

  async order(order: Order, node?: string): Promise<boolean> {
    const { keys } = this.#options;
    const from = this.#id;
    const { values, silent } = await this.#acknowledged.collect(ORDER_MS, async (number) => {
      const body = JSON.stringify({ from, number, order });
      if (node !== undefined) {
        return (await this.#tell(keys.node(node), OWN_ORDER + body)) === 0 ? [] : [node];
      }
      const [nodes] = await Promise.all([this.#nodes(), this.#stream.give(body)]);
      return this.#thoseWhoAnswer(nodes);
    });
    if (silent.length > 0) {
      // Where this node has not heard its own order, it is not the others who are away.
      if (!silent.includes(from)) for (const one of silent) this.#silent.add(one);
      this.#options.onFault(new Error(`nodes have not said that they obey: ${silent.join(', ')}`));
    }
    return values.includes(true);
  }

  async survey(question: Question, deadlineMs: number): Promise<Survey> {
    const { redis, keys } = this.#options;
    const from = this.#id;
    let asked = 0;
    try {
      let nodes: readonly string[] = [];
      const { values } = await this.#answered.collect(deadlineMs, async (number) => {
        asked = number;
        const body = JSON.stringify({ from, number, question });
        [nodes] = await Promise.all([this.#nodes(), redis.publish(keys.control, QUESTION + body)]);
        return this.#thoseWhoAnswer(nodes);
      });
      return { answers: values, missing: Math.max(0, nodes.length - values.length) };
    } finally {
      this.#parts.forget(`${asked} `);
    }
  }

  async close(): Promise<void> {
    const { redis, keys, clock } = this.#options;
    this.#isClosed = true;
    this.#node = undefined;
    this.#stopListening();
    clock.clearTimeout(this.#retry);
    this.#acknowledged.close();
    this.#answered.close();
    const channels = [keys.control, keys.node(this.#id)];
    await Promise.allSettled(channels.map(async (channel) => redis.unsubscribe(channel)));
  }

  /** Hears orders, or hears them again and reads what was missed. One at a time; what fails is tried again. */
  #start(): Promise<void> {
    this.#starting ??= this.#startOnce()
      .catch(() => {
        if (this.#isClosed) return;
        const { clock } = this.#options;
        clock.clearTimeout(this.#retry);
        this.#retry = startQuietTimer(clock, () => void this.#start(), RETRY_MS);
      })
      .finally(() => {
        this.#starting = undefined;
      });
    return this.#starting;
  }

  async #startOnce(): Promise<void> {
    const { redis, keys } = this.#options;
    await this.#stream.begin();
    const hear = (message: string): void => this.#hear(message);
    await Promise.all([keys.control, keys.node(this.#id)].map((channel) => redis.subscribe(channel, hear)));
    await this.#stream.catchUp();
  }

  /** This node is one of them, also where its own lease has run out. */
  async #nodes(): Promise<readonly string[]> {
    return [...new Set([...(await this.#options.livingNodes()), this.#id])];
  }

  /** All but those that were silent. What ends a node is noticed only when its lease has run out. */
  #thoseWhoAnswer(nodes: readonly string[]): readonly string[] {
    for (const one of this.#silent) if (!nodes.includes(one)) this.#silent.delete(one);
    return nodes.filter((one) => !this.#silent.has(one));
  }

  #tell(channel: string, message: string): Promise<unknown> {
    const { redis } = this.#options;
    return redis.run(TELL_NODE, [channel], [message, publishCommand(redis)]);
  }

  #hear(message: string): void {
    if (this.#isClosed) return;
    const letter = message.slice(0, 1);
    const text = message.slice(1);
    try {
      if (letter === ORDER_LETTER) this.#stream.hear(text);
      else if (letter === OWN_ORDER) this.#stream.hearOwn(text);
      else if (letter === ACKNOWLEDGEMENTS) this.#takeAcknowledgements(JSON.parse(text));
      else if (letter === QUESTION) void this.#answer(JSON.parse(text));
      else if (letter === ANSWER) this.#takeAnswer(text);
      else this.#tellOnce(`a message to all nodes that begins with ${JSON.stringify(letter)}`);
    } catch {
      this.#tellOnce('a message to all nodes that is no JSON');
    }
  }

  #obey(body: string): void {
    let asked: Asked & { readonly order: Order };
    try {
      asked = JSON.parse(body);
    } catch {
      this.#tellOnce('an order that is no JSON');
      return;
    }
    let isFound = false;
    try {
      isFound = this.#node?.obey(asked.order) ?? false;
    } catch {
      // What fails in a node is that node's, which tells of it itself.
    }
    this.#acknowledge(asked, isFound);
  }

  /** Those of one turn go together. */
  #acknowledge({ from, number }: Asked, isFound: boolean): void {
    const unsent = this.#unsent.get(from);
    if (unsent !== undefined) {
      unsent.push([number, isFound]);
      return;
    }
    this.#unsent.set(from, [[number, isFound]]);
    if (this.#unsent.size === 1) queueMicrotask(() => this.#sendAcknowledgements());
  }

  #sendAcknowledgements(): void {
    const { redis, keys } = this.#options;
    const node = this.#id;
    for (const [from, found] of this.#unsent) {
      const message: Acknowledgements = { node, found };
      // Whoever gets none waits until the deadline.
      if (from === node) this.#takeAcknowledgements(message);
      else redis.publish(keys.node(from), ACKNOWLEDGEMENTS + JSON.stringify(message)).catch(() => undefined);
    }
    this.#unsent.clear();
  }

  #takeAcknowledgements({ node, found }: Acknowledgements): void {
    this.#silent.delete(node);
    for (const [number, isFound] of found) this.#acknowledged.take(number, node, isFound);
  }

  async #answer({ from, number, question }: Asked & { readonly question: Question }): Promise<void> {
    const node = this.#node;
    if (node === undefined) return;
    let parts: readonly string[] = [];
    try {
      const whole = splitAnswer(JSON.stringify(await node.answer(question)));
      if (whole === undefined)
        this.#tellOnce(`a question of the type ${question.type}: the answer is too long`);
      else parts = whole;
    } catch {
      // It is missing, and said so at once.
    }
    this.#sendAnswer(from, number, parts).catch(() => undefined);
  }

  /** One part after the other: many at once would be too much for the connection of the asker. */
  async #sendAnswer(from: string, number: number, parts: readonly string[]): Promise<void> {
    const { redis, keys } = this.#options;
    const node = this.#id;
    const count = parts.length;
    for (const [index, part] of (count === 0 ? [''] : parts).entries()) {
      const head: AnswerHead = { node, number, index, count };
      await redis.publish(keys.node(from), `${ANSWER}${JSON.stringify(head)}\n${part}`);
    }
  }

  #takeAnswer(message: string): void {
    const end = message.indexOf('\n');
    const { node, number, index, count } = JSON.parse(message.slice(0, end)) as AnswerHead;
    this.#silent.delete(node);
    if (count === 0) {
      this.#answered.take(number, node);
      return;
    }
    if (!this.#answered.has(number)) return;
    const text = this.#parts.add(`${number} ${node}`, index, count, message.slice(end + 1));
    if (text !== undefined) this.#answered.take(number, node, JSON.parse(text) as Json);
  }

  /** Nodes of a newer version may say what this one does not know. */
  #tellOnce(what: string): void {
    if (this.#unknown.has(what)) return;
    this.#unknown.add(what);
    this.#options.onFault(new Error(`this node ignores ${what}`));
  }
}
