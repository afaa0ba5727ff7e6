/**
 * Which sockets get the publications of a room as deltas. Those that have the latest publication are subscribed to one topic,
 * which gets the change from it; the others get the next publication as a whole. So a change is encoded once for each room.
 * It knows no rules and no connections.
 */

import type { Codec } from '../protocol/codec.ts';
import type { Publication } from '../protocol/command.ts';
import type { Frame } from '../protocol/text.ts';
import type { Socket } from './common/transport.ts';

type Subscriber = Pick<Socket, 'subscribe' | 'unsubscribe'>;

/** The sockets of one codec in one room. */
interface DeltaRoom {
  /** They have the base. */
  readonly current: Set<Subscriber>;
  /** They get the next publication as a whole. */
  readonly fresh: Set<Subscriber>;
  /** The latest publication, from which the next change is made. */
  base: Publication | undefined;
}

/** The topic of a room's members who have the latest publication. */
function currentTopic(codec: Codec, room: string): string {
  return `${codec.name}/delta/${room}`;
}

/** The topic of a room's members who get the next publication as a whole. */
function freshTopic(codec: Codec, room: string): string {
  return `${codec.name}/fresh/${room}`;
}

export class DeltaRooms {
  readonly #rooms = new Map<Codec, Map<string, DeltaRoom>>();

  /** How many codecs have clients that get deltas. */
  get size(): number {
    return this.#rooms.size;
  }

  /** @param base the publication that the client has, and that is the latest one; undefined if it has none. */
  add(codec: Codec, room: string, socket: Subscriber, base: Publication | undefined): void {
    const ofCodec = this.#rooms.get(codec) ?? new Map<string, DeltaRoom>();
    this.#rooms.set(codec, ofCodec);
    let deltaRoom = ofCodec.get(room);
    if (deltaRoom === undefined) {
      deltaRoom = { current: new Set(), fresh: new Set(), base: undefined };
      ofCodec.set(room, deltaRoom);
    }
    if (base !== undefined) deltaRoom.base ??= base;
    if (base === undefined || deltaRoom.base?.offset !== base.offset || deltaRoom.base.epoch !== base.epoch) {
      deltaRoom.fresh.add(socket);
      socket.subscribe(freshTopic(codec, room));
    } else {
      deltaRoom.current.add(socket);
      socket.subscribe(currentTopic(codec, room));
    }
  }

  remove(codec: Codec, room: string, socket: Subscriber): void {
    const ofCodec = this.#rooms.get(codec);
    const deltaRoom = ofCodec?.get(room);
    if (deltaRoom === undefined) return;
    if (deltaRoom.current.delete(socket)) socket.unsubscribe(currentTopic(codec, room));
    if (deltaRoom.fresh.delete(socket)) socket.unsubscribe(freshTopic(codec, room));
    if (deltaRoom.current.size + deltaRoom.fresh.size > 0) return;
    ofCodec?.delete(room);
    if (ofCodec?.size === 0) this.#rooms.delete(codec);
  }

  /** Brings another frame to those who get deltas. */
  tell(codec: Codec, room: string, frame: Frame, send: (topic: string, frame: Frame) => void): void {
    if (this.#rooms.get(codec)?.has(room) !== true) return;
    send(currentTopic(codec, room), frame);
    send(freshTopic(codec, room), frame);
  }

  /** Brings a publication to those who get deltas. */
  publish(codec: Codec, publication: Publication, send: (topic: string, frame: Frame) => void): void {
    if (codec.encodeDelta === undefined) return;
    const { room, offset, epoch } = publication;
    const deltaRoom = this.#rooms.get(codec)?.get(room);
    if (deltaRoom === undefined) return;
    const { current, fresh, base } = deltaRoom;
    if (current.size > 0) {
      const follows = base !== undefined && base.offset === offset - 1 && base.epoch === epoch;
      send(currentTopic(codec, room), codec.encodeDelta(publication, follows ? base : undefined));
    }
    if (fresh.size > 0) {
      send(freshTopic(codec, room), codec.encodeDelta(publication, undefined));
      for (const socket of fresh) {
        socket.unsubscribe(freshTopic(codec, room));
        socket.subscribe(currentTopic(codec, room));
        current.add(socket);
      }
      fresh.clear();
    }
    deltaRoom.base = publication;
  }
}
