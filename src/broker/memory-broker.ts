/** The broker of a server that is one process: streams in memory, and everything is done in the same turn. */

import type { Json, MemberInfo, Publication, RoomMember } from '../protocol/command.ts';
import type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryQuery,
  Position,
  PublishOptions,
} from './broker.ts';
import type { StreamNode } from './memory-stream.ts';
import { MemoryStreams, type MemoryStreamsOptions } from './memory-streams.ts';

const OVER_RATE: Accepted = { offset: 0, epoch: '', isOverRate: true };

export type MemoryBrokerOptions = MemoryStreamsOptions;

export function createMemoryBroker(options: MemoryBrokerOptions = {}): Broker {
  return createMemoryBrokers(options)();
}

/** For several servers in one process: each call makes the broker of one of them, on the same streams. */
export function createMemoryBrokers(options: MemoryBrokerOptions = {}): () => Broker {
  const streams = new MemoryStreams(options);
  const nodes = new Set<MemoryBroker>();
  return () => new MemoryBroker(streams, nodes);
}

/** One node. */
class MemoryBroker implements Broker, StreamNode {
  readonly #streams: MemoryStreams;
  /** All nodes, this one included. */
  readonly #nodes: Set<MemoryBroker>;
  readonly #listeners: BrokerListener[] = [];

  constructor(streams: MemoryStreams, nodes: Set<MemoryBroker>) {
    this.#streams = streams;
    this.#nodes = nodes;
    nodes.add(this);
  }

  attach(listener: BrokerListener): void {
    this.#listeners.push(listener);
  }

  publish(room: string, data: Json, options: PublishOptions): Accepted {
    const streams = this.#streams;
    const stream = streams.of(room);
    const { version, idempotencyKey, messagesPerSecond } = options;
    if (idempotencyKey !== undefined) {
      const before = streams.results.find(room, idempotencyKey);
      if (before !== undefined) return { ...before, isRepeated: true };
    }
    if (version !== undefined && !stream.isNewer(version)) {
      const { offset, epoch } = stream;
      if (idempotencyKey !== undefined) streams.results.keep(room, idempotencyKey, stream);
      return { offset, epoch, isOutdated: true };
    }
    if (messagesPerSecond !== undefined && !streams.takes(stream, messagesPerSecond)) return OVER_RATE;
    const publication = stream.append(data, options, streams.time);
    try {
      stream.deliver(publication);
    } catch (error) {
      stream.takeBack(publication);
      throw error;
    }
    if (version !== undefined) stream.version = version;
    if (idempotencyKey !== undefined) streams.results.keep(room, idempotencyKey, publication);
    if (stream.isBounded) streams.account(stream);
    // The publication is a position, and no other object has to be made for each message.
    return publication;
  }

  history(room: string, query: HistoryQuery = {}): History {
    const stream = this.#streams.of(room);
    const history = stream.read(query, this.#streams.time);
    this.#streams.account(stream);
    return history;
  }

  removeHistory(room: string): void {
    const stream = this.#streams.find(room);
    if (stream === undefined) return;
    stream.clear();
    this.#streams.account(stream);
  }

  position(room: string): Position | undefined {
    const stream = this.#streams.find(room);
    return stream && { offset: stream.offset, epoch: stream.epoch };
  }

  subscribe(room: string): void {
    const stream = this.#streams.of(room);
    if (stream.nodes.includes(this)) return;
    stream.nodes = [...stream.nodes, this];
    this.#streams.account(stream);
  }

  unsubscribe(room: string): void {
    const stream = this.#streams.find(room);
    if (stream === undefined || !stream.nodes.includes(this)) return;
    stream.nodes = stream.nodes.filter((node) => node !== this);
    this.#streams.account(stream);
  }

  join(room: string, member: RoomMember): void {
    for (const node of this.#nodesOf(room))
      for (const listener of node.#listeners) listener.joined?.(room, member);
  }

  leave(room: string, member: RoomMember): void {
    for (const node of this.#nodesOf(room))
      for (const listener of node.#listeners) listener.left?.(room, member);
  }

  broadcast(data: Json, from?: MemberInfo): void {
    for (const node of this.#nodes) for (const listener of node.#listeners) listener.broadcast(data, from);
  }

  close(): void {
    this.#nodes.delete(this);
    this.#listeners.length = 0;
    for (const stream of this.#streams.all()) {
      if (stream.nodes.includes(this)) this.unsubscribe(stream.room);
    }
  }

  /** For the streams that this node hears. */
  publication(publication: Publication): void {
    const listeners = this.#listeners;
    // Counted (docs/decisions/0013-written-for-every-message.md).
    for (let index = 0; index < listeners.length; index += 1) listeners[index]!.publication(publication);
  }

  #nodesOf(room: string): readonly MemoryBroker[] {
    return (this.#streams.find(room)?.nodes ?? []) as readonly MemoryBroker[];
  }
}
