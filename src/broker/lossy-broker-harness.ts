/** For tests: a broker on the one in memory, that takes a turn for each answer, and loses publications when it is told to. */

import type { Publication } from '../protocol/command.ts';
import type { Broker, BrokerListener, Position } from './broker.ts';
import { createMemoryBroker } from './memory-broker.ts';

export interface LossyBroker extends Broker {
  /** Publications that will not come to this node. */
  lose: number;
  /** While true, publications wait for {@link bring}. */
  isHolding: boolean;
  /** Brings what waits. */
  bring(): void;
  /** Tells that it has lost something. */
  miss(room: string, position: Position): void;
}

export function createLossyBroker(): LossyBroker {
  const inner = createMemoryBroker();
  const listeners: BrokerListener[] = [];
  const held: { listener: BrokerListener; publication: Publication }[] = [];
  const broker: LossyBroker = {
    lose: 0,
    isHolding: false,
    bring() {
      broker.isHolding = false;
      for (const { listener, publication } of held.splice(0)) listener.publication(publication);
    },
    miss: (room, position) => listeners.forEach((listener) => listener.missed?.(room, position)),
    mayLose: true,
    attach(listener) {
      listeners.push(listener);
      inner.attach({
        publication(publication) {
          if (broker.lose > 0) broker.lose -= 1;
          else if (broker.isHolding) held.push({ listener, publication });
          else listener.publication(publication);
        },
        broadcast: (data, from) => listener.broadcast(data, from),
        joined: (room, member) => listener.joined?.(room, member),
        left: (room, member) => listener.left?.(room, member),
      });
    },
    publish: async (room, data, options) => inner.publish(room, data, options),
    history: async (room, query) => inner.history(room, query),
    removeHistory: async (room) => inner.removeHistory(room),
    position: (room) => inner.position(room),
    subscribe: async (room) => inner.subscribe(room),
    unsubscribe: async (room) => inner.unsubscribe(room),
    join: async (room, member) => inner.join(room, member),
    leave: async (room, member) => inner.leave(room, member),
    broadcast: async (data, from) => inner.broadcast(data, from),
    close: () => inner.close(),
  };
  return broker;
}
