/** Decides which frames answer this page's commands, and which are messages. */

import { REFUSAL_PREFIX, successLine, type LineCommand, type SendCommand } from './line-commands.ts';

/** What a frame is. */
type Reading =
  /** The oldest command succeeded; `copied`: this page's own copy of the message had come before. */
  | { readonly type: 'done'; readonly command: LineCommand; readonly copied: boolean }
  | {
      readonly type: 'refused';
      readonly command: LineCommand;
      readonly copied: boolean;
      readonly reason: string;
    }
  /** This page's own copy of a message that it sent. */
  | { readonly type: 'copy'; readonly command: SendCommand }
  | { readonly type: 'message'; readonly text: string };

export interface PendingCommands {
  /** Adds a command that was sent. */
  add(command: LineCommand): void;
  /** Reads one frame; `joined` are the rooms that this page is a member of right now. */
  read(frame: string, joined: ReadonlySet<string>): Reading;
  /** Forgets all commands and returns those that were neither answered nor seen as a copy. */
  drain(): readonly LineCommand[];
}

/**
 * The line protocol has no ids. But the server answers in the order of the commands, and the sender's own copy of
 * a message comes before its answer. So a frame can only answer the oldest command. Every other frame is a message,
 * even when its text looks like an answer.
 */
export function createPendingCommands(): PendingCommands {
  let pending: Pending[] = [];

  return {
    add(command) {
      pending.push({ command, copied: false });
    },

    read(frame, joined) {
      // The copy comes first: a member may send the text "SendByRoom success!" to its room.
      const uncopied = pending.find(
        (entry): entry is PendingSend => !entry.copied && expectsCopy(entry.command, joined),
      );
      if (uncopied?.command.text === frame) {
        uncopied.copied = true;
        return { type: 'copy', command: uncopied.command };
      }
      const [oldest] = pending;
      if (oldest !== undefined) {
        const { command, copied } = oldest;
        if (frame === successLine(command)) {
          pending.shift();
          return { type: 'done', command, copied };
        }
        if (frame.startsWith(REFUSAL_PREFIX)) {
          pending.shift();
          return { type: 'refused', command, copied, reason: frame.slice(REFUSAL_PREFIX.length) };
        }
      }
      return { type: 'message', text: frame };
    },

    drain() {
      const unanswered = pending.filter((entry) => !entry.copied).map((entry) => entry.command);
      pending = [];
      return unanswered;
    },
  };
}

interface Pending {
  readonly command: LineCommand;
  copied: boolean;
}

interface PendingSend extends Pending {
  readonly command: SendCommand;
}

/** The sender gets a copy of every broadcast, and of messages to rooms that it is a member of. */
function expectsCopy(command: LineCommand, joined: ReadonlySet<string>): boolean {
  if (command.type !== 'send') return false;
  return command.target.type === 'everybody' || joined.has(command.target.room);
}
