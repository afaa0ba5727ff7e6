/** A broker that a worker uses and the primary holds: one node of the primary's broker for each worker. */

import type { Json, MemberInfo, Publication, RoomMember } from '../../protocol/command.ts';
import type {
  Accepted,
  Broker,
  BrokerListener,
  History,
  HistoryQuery,
  Position,
  PublishOptions,
} from '../../broker/broker.ts';
import { encodeTold, type Channel } from '../channel/channel.ts';

/** Tells a worker what comes to its node, and does what it asks. What many workers hear is written once. */
export function serveBroker(channel: Channel, node: Broker): void {
  node.attach({
    publication: (publication) => channel.tellEncoded(encodePublication(publication)),
    broadcast: (data, from) => channel.tell('broker.broadcast', from === undefined ? [data] : [data, from]),
    joined: (room, member) => channel.tell('broker.joined', [room, member]),
    left: (room, member) => channel.tell('broker.left', [room, member]),
  });
  channel.serve('broker', {
    publish: async (room: string, data: Json, options: PublishOptions) => {
      // A publication may stand for its position: it is not sent once more. What is undefined is left out.
      const { offset, epoch, isOutdated, isRepeated, isOverRate } = await node.publish(room, data, options);
      return { offset, epoch, isOutdated, isRepeated, isOverRate };
    },
    history: (room: string, query?: HistoryQuery) => node.history(room, query),
    removeHistory: (room: string) => node.removeHistory(room),
    subscribe: async (room: string) => {
      await node.subscribe(room);
      return node.position(room);
    },
    unsubscribe: (room: string) => node.unsubscribe(room),
    join: (room: string, member: RoomMember) => node.join(room, member),
    leave: (room: string, member: RoomMember) => node.leave(room, member),
    broadcast: (data: Json, from?: MemberInfo) => node.broadcast(data, from),
  });
}

let latest: Publication | undefined;
let latestText = '';

/** The nodes are told of a publication one after another. */
function encodePublication(publication: Publication): string {
  if (latest !== publication) {
    latest = publication;
    latestText = encodeTold('broker.publication', [publication]);
  }
  return latestText;
}

export function createRemoteBroker(channel: Channel): Broker {
  const listeners: BrokerListener[] = [];
  /** Of the rooms that this node hears; undefined while it is not known. */
  const positions = new Map<string, Position | undefined>();
  channel.serve('broker', {
    publication(publication: Publication) {
      const { room, offset } = publication;
      if (offset > 0 && positions.has(room)) positions.set(room, publication);
      for (const listener of listeners) listener.publication(publication);
    },
    broadcast(data: Json, from?: MemberInfo) {
      for (const listener of listeners) listener.broadcast(data, from);
    },
    joined(room: string, member: RoomMember) {
      for (const listener of listeners) listener.joined?.(room, member);
    },
    left(room: string, member: RoomMember) {
      for (const listener of listeners) listener.left?.(room, member);
    },
  });
  const call = (method: string, ...args: readonly unknown[]): Promise<unknown> =>
    channel.call(`broker.${method}`, args);
  return {
    attach: (listener) => void listeners.push(listener),
    publish: (room, data, options) => call('publish', room, data, options) as Promise<Accepted>,
    history: (room, query = {}) => call('history', room, query) as Promise<History>,
    removeHistory: (room) => call('removeHistory', room) as Promise<void>,
    position(room) {
      const position = positions.get(room);
      return position && { offset: position.offset, epoch: position.epoch };
    },
    async subscribe(room) {
      if (!positions.has(room)) positions.set(room, undefined);
      const position = (await call('subscribe', room)) as Position | undefined;
      // A publication may have come before the answer is looked at.
      if (positions.has(room)) positions.set(room, positions.get(room) ?? position);
    },
    unsubscribe(room) {
      positions.delete(room);
      return call('unsubscribe', room) as Promise<void>;
    },
    join: (room, member) => call('join', room, member) as Promise<void>,
    leave: (room, member) => call('leave', room, member) as Promise<void>,
    broadcast: (data, from) =>
      (from === undefined ? call('broadcast', data) : call('broadcast', data, from)) as Promise<void>,
    close() {
      listeners.length = 0;
    },
  };
}
