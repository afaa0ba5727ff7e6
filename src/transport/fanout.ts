/** Brings publications to sockets: encoded once per codec, published to one topic per codec and room. */

import type { BrokerListener } from '../broker/broker.ts';
import type { Codec } from '../protocol/codec.ts';
import type { Transport } from './transport.ts';

/** The topic of a room's members who speak this codec. */
export function roomTopic(codec: Codec, room: string): string {
  return `${codec.name}/room/${room}`;
}

/** The topic of every open socket that speaks this codec. */
export function everybodyTopic(codec: Codec): string {
  return `${codec.name}/everybody`;
}

export function createFanout(codecs: readonly Codec[], publish: Transport['publish']): BrokerListener {
  return {
    publication({ room, data }) {
      for (const codec of codecs) publish(roomTopic(codec, room), codec.encodeMessage(data));
    },
    broadcast(data) {
      for (const codec of codecs) publish(everybodyTopic(codec), codec.encodeMessage(data));
    },
  };
}
