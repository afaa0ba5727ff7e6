/** What a wire protocol does so that clients can speak it here: frames to commands, and answers and messages to frames. */

import type { CloseName } from './close-codes.ts';
import type { Broadcast, Command, Publication, Push, Reply } from './command.ts';
import type { Frame } from './text.ts';

/** The client broke the protocol: its socket is closed with this code, and nothing else of the frame is done. */
export interface Violation {
  readonly violation: CloseName;
}

/** What is in a frame: commands in their order, or a violation of the protocol. */
export type Decoded = readonly Command[] | Violation;

export function isViolation(decoded: Decoded): decoded is Violation {
  return !Array.isArray(decoded);
}

export interface Codec {
  /** A short stable name, without a slash. One topic a room and codec is made of it. */
  readonly name: string;
  /**
   * The WebSocket sub-protocols that it speaks. Of those that a client offers, the first one is chosen that stands in this
   * list. A client that offers none, or none of these, is accepted without a sub-protocol.
   */
  readonly subprotocols: readonly string[];
  /**
   * When a client has said who it is: with its handshake, or with a `connect` command. Until `connect` comes, any other
   * command closes the socket with 3501, and after 10 seconds it is closed with 3502.
   */
  readonly greeting: 'handshake' | 'connect';
  /**
   * True when an answer does not name its command: then commands are answered in their order, one after the other. False
   * when commands have ids: then only commands of one room wait for a join or a leave of that room.
   */
  readonly keepsOrder: boolean;
  /**
   * Reads one frame: a text frame as a string, a binary frame as bytes that are valid during the call. It never throws.
   * A command that it knows but cannot use is a `command.malformed`.
   */
  decode(frame: string | Uint8Array): Decoded;
  /** The frames that answer a command, in the order to send them. */
  encodeReply(reply: Reply): readonly Frame[];
  /** The frames that tell a client what it did not ask for. */
  encodePush(push: Push): readonly Frame[];
  /** The frame that brings a publication to each member of its room that speaks this protocol. */
  encodePublication(publication: Publication): Frame;
  /** The frame that brings a message to every connection that speaks this protocol. */
  encodeBroadcast(broadcast: Broadcast): Frame;
  /**
   * Joins the replies and pushes of one turn of the event loop to one frame. Without it each is a frame of its own.
   * Publications and broadcasts are not joined: every member gets the same frame of these.
   */
  readonly joinFrames?: (frames: readonly Frame[]) => Frame;
}
