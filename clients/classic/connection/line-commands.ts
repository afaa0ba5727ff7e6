/** The commands of the line protocol that this page sends, as frames, and their answers. */

import type { Target } from './room-client.ts';

/** A message that is sent; the page finds it again by its `id`. */
export interface SendCommand {
  readonly type: 'send';
  readonly id: number;
  readonly target: Target;
  readonly text: string;
}

export type LineCommand =
  | { readonly type: 'ping' }
  | { readonly type: 'join'; readonly room: string }
  | { readonly type: 'leave'; readonly room: string }
  | SendCommand;

/** The prefix of an answer that refuses a command; the reason follows. */
export const REFUSAL_PREFIX = 'Error: ';

export function encodeCommand(command: LineCommand): string {
  switch (command.type) {
    case 'ping':
      return 'ping';
    case 'join':
      return `subscribe|${command.room}`;
    case 'leave':
      return `unsubscribe|${command.room}`;
    case 'send': {
      const { target, text } = command;
      return target.type === 'everybody'
        ? `broadcast|${JSON.stringify({ message: text })}`
        : `sendByRoom|${JSON.stringify({ roomNum: target.room, message: text })}`;
    }
  }
}

/** The line that the server sends when a command has succeeded. */
export function successLine(command: LineCommand): string {
  switch (command.type) {
    case 'ping':
      return 'pong';
    case 'join':
      return `Subscribe roomNum:${command.room} success!`;
    case 'leave':
      return `Unsubscribe roomNum:${command.room} success!`;
    case 'send':
      return command.target.type === 'everybody' ? 'Broadcast success!' : 'SendByRoom success!';
  }
}

/** The room in the success line of a join; `undefined` for any other line. */
export function parseJoinedRoom(line: string): string | undefined {
  return /^Subscribe roomNum:(.*) success!$/s.exec(line)?.[1];
}
