/** What a wire protocol has to do to be spoken here: text frames to commands, replies and messages to text frames. */

import type { Command, Json, Reply } from './command.ts';
import type { Text } from './text.ts';

export interface Codec {
  /** A short stable name; one topic a room and codec is made of it. */
  readonly name: string;
  /** Reads one frame. It never throws: an unusable frame is a `command.malformed`. */
  decode(frame: string): Command;
  /** The frames that tell a client about its command, in the order to send them. */
  encodeReply(reply: Reply): readonly Text[];
  /** The frame that carries a message to a member of a room, or to everybody. */
  encodeMessage(data: Json): string;
}
