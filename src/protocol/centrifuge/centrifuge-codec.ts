/**
 * The client protocol of Centrifugo, version 2, in JSON: the published Centrifuge SDKs speak it. A channel is a room. It
 * knows no sockets and no rooms. The format is that of `client.proto` in centrifugal/protocol.
 */

import type { Codec } from '../codec.ts';
import { readText } from '../text.ts';
import { decodeFrame } from './decode.ts';
import {
  encodeDelta,
  encodeMemberChange,
  encodeMessage,
  encodePublication,
  encodePush,
} from './encode-push.ts';
import { encodeReply, type ServerInfo } from './encode-reply.ts';

/**
 * Makes the codec of a server; `server` is what its clients are told of it when they connect.
 * @param messageBytes The longest message of a client. Default 64 KiB.
 */
export function createCentrifugeCodec(server: ServerInfo, messageBytes?: number): Codec {
  return {
    name: 'centrifuge',
    subprotocols: ['centrifuge-json'],
    greeting: 'connect',
    keepsOrder: false,
    pings: true,
    readsStreams: true,
    decode: (frame) => decodeFrame(frame, messageBytes),
    encodeReply: (reply) => encodeReply(reply, server),
    encodePush,
    encodePublication,
    encodeBroadcast: ({ data }) => encodeMessage(data),
    encodeMemberChange,
    encodeDelta,
    joinFrames: (frames) => frames.map((frame) => readText(frame as string | ArrayBuffer)).join('\n'),
  };
}
