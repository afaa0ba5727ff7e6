/** Brings publications to sockets: encoded once per codec that somebody in the room speaks, published to one topic per codec and room. */

import type { BrokerListener } from '../broker/broker.ts';
import type { Codec } from '../protocol/codec.ts';
import type { MemberChange } from '../protocol/command.ts';
import { EncodedTexts, encodeOnce, lengthOf } from '../protocol/text.ts';
import type { Transport } from './common/transport.ts';
import type { Audience, Audiences } from './audiences.ts';
import type { DeltaRooms } from './delta-rooms.ts';

/** The topic of a room's members who speak this codec. */
export function roomTopic(codec: Codec, room: string): string {
  return `${codec.name}/room/${room}`;
}

/** The topic of every open socket that speaks this codec. */
export function everybodyTopic(codec: Codec): string {
  return `${codec.name}/everybody`;
}

/** Topics that are remembered for each codec, so that not every message puts together its own. */
const KEPT_TOPICS = 4_096;

export interface Fanout extends BrokerListener {
  /** From now on there may be sockets that speak this codec. To say so again changes nothing. */
  use(codec: Codec): void;
}

/** Counts what is brought. */
export interface DeliveryTally {
  /**
   * @param receivers The clients that a publication went to.
   * @param bytes The length of all that they are sent; text by its characters.
   */
  published(receivers: number, bytes: number): void;
}

/** What is brought to the sockets of one codec. */
interface Track {
  readonly codec: Codec;
  readonly everybody: ArrayBuffer;
  readonly topics: EncodedTexts;
  readonly audience: Audience;
}

export function createFanout(
  audiences: Audiences,
  deltas: DeltaRooms,
  publish: Transport['publish'],
  tally?: DeliveryTally,
): Fanout {
  const tracks: Track[] = [];

  function tell(change: MemberChange): void {
    for (const { codec, topics, audience } of tracks) {
      if (codec.encodeMemberChange === undefined || !audience.has(change.room)) continue;
      const frame = codec.encodeMemberChange(change);
      publish(topics.of(change.room), frame);
      deltas.tell(codec, change.room, frame, publish);
    }
  }

  return {
    use(codec) {
      if (tracks.some((track) => track.codec === codec)) return;
      const topics = new EncodedTexts(KEPT_TOPICS, (room) => roomTopic(codec, room));
      const audience = audiences.of(codec);
      tracks.push({ codec, everybody: encodeOnce(everybodyTopic(codec)), topics, audience });
    },
    publication(publication) {
      let receivers = 0;
      let bytes = 0;
      // Counted (docs/decisions/0013-written-for-every-message.md).
      for (let index = 0; index < tracks.length; index += 1) {
        const { codec, topics, audience } = tracks[index]!;
        // Where all speak one codec, the room has most often an audience.
        if (tracks.length > 1 && !audience.has(publication.room)) continue;
        const frame = codec.encodePublication(publication);
        publish(topics.of(publication.room), frame);
        if (tally !== undefined) {
          const clients = audience.get(publication.room) ?? 0;
          receivers += clients;
          bytes += clients * lengthOf(frame);
        }
        if (deltas.size > 0) deltas.publish(codec, publication, publish);
      }
      tally?.published(receivers, bytes);
    },
    joined: (room, member) => tell({ type: 'join', room, member }),
    left: (room, member) => tell({ type: 'leave', room, member }),
    broadcast(data, from) {
      const broadcast = from === undefined ? { data } : { data, from };
      for (const { codec, everybody } of tracks) publish(everybody, codec.encodeBroadcast(broadcast));
    },
  };
}
