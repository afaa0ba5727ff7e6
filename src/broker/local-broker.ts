/** The broker of a server that is one process: it hands everything on in the same turn. */

import type { Broker, BrokerListener } from './broker.ts';

export function createLocalBroker(): Broker {
  const listeners: BrokerListener[] = [];
  return {
    subscribe(listener) {
      listeners.push(listener);
    },
    publish(publication) {
      // Counted (docs/decisions/0013-written-for-every-message.md).
      for (let index = 0; index < listeners.length; index += 1) listeners[index]!.publication(publication);
    },
    broadcast(data) {
      for (const listener of listeners) listener.broadcast(data);
    },
  };
}
