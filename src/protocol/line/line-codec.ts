/**
 * The line protocol of the TarsPHP `tars-websocket-server` example: one text frame is `command` or
 * `command|argument`, split at the first `|`. It knows no sockets and no rooms.
 */

import type { Codec } from '../codec.ts';
import type { Command, Json, Reply } from '../command.ts';
import type { Refusal } from '../errors.ts';
import { writeExactJson } from '../json/exact-json.ts';
import { encodeOnce, readFrame } from '../text.ts';
import { decodeCommand, NOT_TEXT, TEXT_MESSAGES, toWellFormed } from './line-commands.ts';

export const lineCodec: Codec = {
  name: 'line',
  // For pages that send a token as a second sub-protocol: a browser wants one of those that it offers to be chosen.
  subprotocols: ['statecast'],
  greeting: 'handshake',
  // An answer does not say which command it answers.
  keepsOrder: true,

  decode(frame) {
    const text = readFrame(frame);
    if (text === undefined) return NOT_TEXT;
    return [isPlainMessage(text) ? cutPlainMessage(text) : decodeCommand(text, TEXT_MESSAGES)];
  },

  encodeReply(reply) {
    switch (reply.type) {
      case 'pong':
        return PONG;
      case 'joined':
      case 'alreadyMember':
        return [encodeJoined(reply.room)];
      case 'left':
      case 'notMember':
        return [`Unsubscribe roomNum:${reply.room} success!`];
      case 'published':
        return PUBLISHED_ALONE;
      case 'broadcasted':
        return BROADCASTED;
      case 'answered':
        return [encodeText(reply.data), PUBLISHED];
      case 'called':
        return [encodeCalled(reply)];
      case 'unknown':
        return ['Rsp from server: this is server'];
      case 'refused':
        return [encodeRefusal(reply.refusal)];
      case 'connected':
      // Answers to commands that this protocol does not have.
      case 'presence':
      case 'presenceStats':
      case 'history':
      case 'refreshed':
      case 'roomRefreshed':
        return [];
    }
  },

  encodePush(push) {
    switch (push.type) {
      case 'joined':
        return [encodeJoined(push.room)];
      case 'left':
        return [encodeRefusal(push.refusal)];
      case 'message':
        return [encodeText(push.data)];
      case 'refresh':
      case 'ping':
        return [];
    }
  },

  encodePublication: ({ data }) => encodeText(data),
  encodeBroadcast: ({ data }) => encodeText(data),
};

/**
 * Most frames are a plain message: written by `JSON.stringify`, with texts that need no escapes. A plain message is cut
 * out of the frame, which takes less than half the time of `JSON.parse`. This pattern matches all other frames; those
 * go through `JSON.parse`. It matches the rare case because V8 keeps the text of the last match in memory, and that
 * makes a match slower than no match.
 */
const NOT_PLAIN_MESSAGE =
  /^(?!sendByRoom\|\{"roomNum":"[ !#-[\]-\ud7ff\ue000-\uffff]*","message":"[ !#-[\]-\uffff]*"\}$)/;

export function isPlainMessage(frame: string): boolean {
  return !NOT_PLAIN_MESSAGE.test(frame);
}

const ROOM_AT = 'sendByRoom|{"roomNum":"'.length;
const ROOM_TO_MESSAGE = '","message":"'.length;

export const PUBLISHED = encodeOnce('SendByRoom success!');
/** Replies that are always the same are made once. */
const PUBLISHED_ALONE = [PUBLISHED];
const BROADCASTED = [encodeOnce('Broadcast success!')];
const PONG = [encodeOnce('pong')];

function encodeJoined(room: string): string {
  return `Subscribe roomNum:${room} success!`;
}

function encodeRefusal({ message }: Refusal): string {
  return toWellFormed(`Error: ${message}`);
}

/** A text is sent as it is, any other JSON value as JSON text. */
function encodeText(data: Json): string {
  return typeof data === 'string' ? toWellFormed(data) : JSON.stringify(data);
}

function encodeCalled({ method, outcome, callId: id }: Extract<Reply, { readonly type: 'called' }>): string {
  const named = id === undefined ? { method } : { id, method };
  const answer =
    outcome.type === 'result'
      ? { ...named, result: outcome.result }
      : { ...named, error: { code: outcome.code, message: outcome.message } };
  return `rpc|${writeExactJson(answer)}`;
}

/** The command of a plain message. */
export function cutPlainMessage(frame: string): Command {
  const roomEnd = frame.indexOf('"', ROOM_AT);
  const room = frame.slice(ROOM_AT, roomEnd);
  return { type: 'room.publish', room, data: frame.slice(roomEnd + ROOM_TO_MESSAGE, -'"}'.length) };
}
