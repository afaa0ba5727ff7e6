/**
 * The texts of commands and answers in each protocol. The load generator recognizes answers by their length alone, or, where
 * that changes from answer to answer, by their first names.
 */

import { kindOf } from './line-reader.ts';

/** A command and its answer. */
export interface Ask {
  readonly frame: string;
  readonly answer: string;
}

export interface Dialect {
  /** The path of the handshake. */
  readonly path: string;
  /** Whether a frame is one or more lines, which are recognized by their first names. */
  readonly hasLines?: boolean;
  /** What a client sends first of all. */
  readonly opening?: string;
  /** What a client sends after each of the server's first frames, before it is connected; an empty text is nothing. */
  readonly greeting: readonly string[];
  join(room: string): Ask;
  leave(room: string): Ask;
  /** A join that asks for all that the room keeps; absent if the protocol has none. */
  recover?(room: string): Ask;
  sayInRoom(room: string, message: string): Ask;
  sayToAll(message: string): Ask;
  /** The text of a delivered message. */
  heard(message: string): string;
}

export type DialectName = 'line' | 'socket.io' | 'centrifuge';

const line: Dialect = {
  path: '/',
  greeting: [],
  join: (room) => ({ frame: `subscribe|${room}`, answer: `Subscribe roomNum:${room} success!` }),
  leave: (room) => ({ frame: `unsubscribe|${room}`, answer: `Unsubscribe roomNum:${room} success!` }),
  sayInRoom: (roomNum, message) => ({
    frame: `sendByRoom|${JSON.stringify({ roomNum, message })}`,
    answer: 'SendByRoom success!',
  }),
  sayToAll: (message) => ({
    frame: `broadcast|${JSON.stringify({ message })}`,
    answer: 'Broadcast success!',
  }),
  heard: (message) => message,
};

/** Socket.IO 5 in the text frames of Engine.IO 4; the acknowledgement of packet 1 is the answer. */
const socketIo: Dialect = {
  path: '/socket.io/?EIO=4&transport=websocket',
  greeting: ['40', ''],
  join: (room) => toPacket('subscribe', room, line.join(room)),
  leave: (room) => toPacket('unsubscribe', room, line.leave(room)),
  sayInRoom: (roomNum, message) =>
    toPacket('sendByRoom', { roomNum, message }, line.sayInRoom(roomNum, message)),
  sayToAll: (message) => toPacket('broadcast', { message }, line.sayToAll(message)),
  heard: (message) => `42${JSON.stringify(['message', message])}`,
};

/** Version 2 of the protocol of Centrifugo, in JSON. A client cannot send to everybody. */
const centrifuge: Dialect = {
  path: '/connection/websocket',
  hasLines: true,
  opening: '{"id":1,"connect":{}}',
  greeting: [''],
  join: (channel) => toCommand(2, 'subscribe', { channel, flag: 1 }),
  leave: (channel) => toCommand(3, 'unsubscribe', { channel }),
  // Any epoch fits an empty one.
  recover: (channel) => toCommand(2, 'subscribe', { channel, recover: true, epoch: '', offset: 0, flag: 1 }),
  sayInRoom: (channel, data) => toCommand(4, 'publish', { channel, data }),
  sayToAll() {
    throw new Error('a client of the Centrifuge protocol cannot send to everybody');
  },
  heard: () => '{"push":{}}',
};

export const DIALECTS: Readonly<Record<DialectName, Dialect>> = {
  line,
  'socket.io': socketIo,
  centrifuge,
};

/** By what an answer is recognized: its length in bytes, or its kind. */
export function markOf(dialect: DialectName, answer: string): number {
  return DIALECTS[dialect].hasLines === true ? kindOf(answer) : Buffer.byteLength(answer);
}

function toCommand(id: number, name: string, fields: object): Ask {
  return {
    frame: JSON.stringify({ id, [name]: fields }),
    answer: JSON.stringify({ id, [name]: {} }),
  };
}

function toPacket(event: string, argument: unknown, { answer }: Ask): Ask {
  return {
    frame: `421${JSON.stringify([event, argument])}`,
    answer: `431${JSON.stringify([answer])}`,
  };
}
