/** How a publication reaches every node that has members for it. It knows no sockets. */

import type { Json, Publication } from '../protocol/command.ts';

/** What a node does with what the broker brings it. */
export interface BrokerListener {
  publication(publication: Publication): void;
  broadcast(data: Json): void;
}

/**
 * Carries publications to every node, the publishing one included.
 *
 * Both calls return nothing when the broker has accepted and, here, already delivered; a broker that
 * needs time returns a promise that resolves on acceptance. They keep the order of the calls per room.
 */
export interface Broker {
  subscribe(listener: BrokerListener): void;
  publish(publication: Publication): void | Promise<void>;
  broadcast(data: Json): void | Promise<void>;
}
