/** Which frames answer this page's commands, and which are messages. It knows no sockets and no time. */

import { REFUSAL_PREFIX, successLine, type LineCommand, type SendCommand } from './line-commands.ts';

/** What a frame turned out to be. */
type Reading =
  /** The oldest command was done; `copied` tells whether its own copy had come before. */
  | { readonly type: 'done'; readonly command: LineCommand; readonly copied: boolean }
  | {
      readonly type: 'refused';
      readonly command: LineCommand;
      readonly copied: boolean;
      readonly reason: string;
    }
  /** This page's own message, on its way to everybody in the room. */
  | { readonly type: 'copy'; readonly command: SendCommand }
  | { readonly type: 'message'; readonly text: string };

export interface PendingCommands {
  /** Notes a command that was sent. */
  add(command: LineCommand): void;
  /** Reads one frame; `joined` are the rooms that this page is a member of right now. */
  read(frame: string, joined: ReadonlySet<string>): Reading;
  /** Forgets all commands and returns those that were neither answered nor seen as a copy. */
  drain(): readonly LineCommand[];
}

/**
 * The protocol numbers nothing, but the server answers in the order of the commands, and the own copy of
 * a message comes before its answer. So only the oldest command can be answered, and everything else is a
 * message, even when it spells like an answer.
 */
export function createPendingCommands(): PendingCommands {
  let pending: Pending[] = [];

  return {
    add(command) {
      pending.push({ command, copied: false });
    },

    read(frame, joined) {
      // The copy comes first: a member may well say "SendByRoom success!" to its room.
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

/** A broadcast comes back to everybody, a room's message to members only. */
function expectsCopy(command: LineCommand, joined: ReadonlySet<string>): boolean {
  if (command.type !== 'send') return false;
  return command.target.type === 'everybody' || joined.has(command.target.room);
}
