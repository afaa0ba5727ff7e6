/** The interface of a wire protocol: it reads frames into commands, and writes replies, pushes and publications as frames. */

import type { CloseName } from './close-codes.ts';
import type { Broadcast, Command, MemberChange, Publication, Push, Reply } from './command.ts';
import type { Frame } from './text.ts';

/** The client broke the protocol. Its socket is closed with this code, and the commands of the frame are ignored. */
export interface Violation {
  readonly violation: CloseName;
}

/** The content of a frame: commands in order, or a violation of the protocol. */
export type Decoded = readonly Command[] | Violation;

export function isViolation(decoded: Decoded): decoded is Violation {
  return !Array.isArray(decoded);
}

export interface Codec {
  /** A short name without a slash that does not change. It is a part of the topic of each room for this codec. */
  readonly name: string;
  /**
   * The WebSocket sub-protocols of this codec. The server chooses the first one that the client offers and that is in
   * this list. If there is none, the client is accepted without a sub-protocol.
   */
  readonly subprotocols: readonly string[];
  /**
   * What ends the greeting of a connection: the handshake, or a `connect` command. Before `connect`, any other command
   * closes the socket with 3501, and after 10 seconds without `connect` it is closed with 3502.
   */
  readonly greeting: 'handshake' | 'connect';
  /**
   * True if answers have no id of their command: then commands are done and answered one after the other, in order.
   * False if commands have ids: then a join or a leave delays only the commands for the same room.
   */
  readonly keepsOrder: boolean;
  /** The server asks for signs of life by a push `ping`, which the client answers with the command `pong`. */
  readonly pings?: boolean;
  /** A client that joins is told of the room's stream: its position, and what the client has missed. */
  readonly readsStreams?: boolean;
  /**
   * Reads one frame. A text frame is a string; a binary frame is bytes, which are valid during the call only. It must
   * not throw. A known command with unusable arguments is a `command.malformed`.
   */
  decode(frame: string | Uint8Array): Decoded;
  /** The frames that answer a command, in the order to send them. */
  encodeReply(reply: Reply): readonly Frame[];
  /** The frames of a push, which a client gets without a command. */
  encodePush(push: Push): readonly Frame[];
  /** The frame of a publication. It is sent to each member of the room that uses this codec. */
  encodePublication(publication: Publication): Frame;
  /** The frame of a broadcast. It is sent to every connection that uses this codec. */
  encodeBroadcast(broadcast: Broadcast): Frame;
  /** The frame that tells the members of a room of a join or a leave. Absent: they are not told. */
  encodeMemberChange?(change: MemberChange): Frame;
  /**
   * The frame of a publication for a client that gets deltas (`JoinAnswer.stream.delta`): the change from the publication
   * before, or all of it if there is no `base`. Absent: no client of this codec gets deltas.
   */
  encodeDelta?(publication: Publication, base: Publication | undefined): Frame;
  /**
   * Joins the replies and pushes of one turn of the event loop into one frame. Without it, each is a frame of its own.
   * Publications and broadcasts are not joined, because all receivers get the same frame.
   */
  readonly joinFrames?: (frames: readonly Frame[]) => Frame;
}
