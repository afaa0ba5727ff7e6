/** A small user-defined protocol: JSON lines with ids and a `connect` command. It uses only public types. */

import type { Codec, Command, Frame, Json } from '../../src/index.ts';

/** One line of a frame, in both directions. */
interface Line {
  readonly id?: number;
  readonly do?: string;
  readonly room?: string;
  readonly data?: Json;
}

const COMMANDS: Readonly<Record<string, Command['type']>> = {
  hello: 'connect',
  ping: 'ping',
  join: 'room.join',
  leave: 'room.leave',
  say: 'room.publish',
};

export const toyCodec: Codec = {
  name: 'toy',
  subprotocols: ['toy.v2', 'toy.v1'],
  greeting: 'connect',
  keepsOrder: false,
  decode(frame) {
    if (typeof frame !== 'string') return { violation: 'badRequest' };
    const commands: Command[] = [];
    for (const line of frame.split('\n')) {
      const command = readLine(line);
      if (command === undefined) return { violation: 'badRequest' };
      commands.push(command);
    }
    return commands;
  },
  encodeReply: ({ id, ...reply }) => [JSON.stringify({ id, ...reply }).toWellFormed()],
  encodePush: (push) => [JSON.stringify({ push }).toWellFormed()],
  encodePublication: ({ room, data, offset, from }) =>
    JSON.stringify({ room, data, offset, from }).toWellFormed(),
  encodeBroadcast: ({ data }) => JSON.stringify({ data }).toWellFormed(),
  joinFrames: (frames: readonly Frame[]) => frames.map(String).join('\n'),
};

/** The frame of some commands. */
export function writeToy(...commands: readonly Command[]): string {
  return commands
    .map(({ id, type, ...rest }) => {
      const name = Object.keys(COMMANDS).find((key) => COMMANDS[key] === type);
      return JSON.stringify({ id, do: name, ...rest });
    })
    .join('\n');
}

function readLine(text: string): Command | undefined {
  let line: Line;
  try {
    line = JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
  const type = COMMANDS[line?.do ?? ''];
  if (type === undefined || typeof line.id !== 'number') return undefined;
  const { id, room = '', data = null } = line;
  if (type === 'room.join' || type === 'room.leave') return { type, room, id };
  if (type === 'room.publish') return { type, room, data, id };
  return { type, id } as Command;
}
