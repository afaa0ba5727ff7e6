/** The commands of a connection that are not answered yet, besides calls of servants. */

import type { Ending, EndingName } from '../../protocol/endings.ts';
import type { StreamReading } from '../room/stream/stream-reading.ts';

/** A join or a leave that its room has not answered yet. */
export interface RoomOperation {
  readonly type: 'join' | 'leave';
  readonly room: string;
  /** The command's id, if it has one. */
  readonly id: number | undefined;
  /** The server has joined the connection, and no command. */
  readonly isUnasked: boolean;
  /** Why the server ends a membership. */
  readonly ending?: EndingName | Ending;
  /** The server joins the connection because its user was away in the room. */
  readonly isResumed?: boolean;
  /** Of a join of a room that the client is in already: what is read of its stream. */
  reading?: StreamReading | undefined;
}

/** A message or a broadcast that is not answered yet. */
export interface PublishUnderWay {
  readonly type: 'publish';
  /** The connection is gone: nobody waits for the answer. */
  abandon(): void;
}

/** What a connection owes an answer to, besides calls of servants. */
export type UnderWay = RoomOperation | PublishUnderWay;

export function findOperation(underWay: readonly UnderWay[], room: string): RoomOperation | undefined {
  for (const command of underWay) {
    if (command.type !== 'publish' && command.room === room) return command;
  }
  return undefined;
}

export function endOperation(underWay: UnderWay[], room: string): RoomOperation | undefined {
  const operation = findOperation(underWay, room);
  if (operation !== undefined) endCommand(underWay, operation);
  return operation;
}

/** Takes a command out; false if it is not in the list. */
export function endCommand(underWay: UnderWay[], command: UnderWay): boolean {
  const index = underWay.indexOf(command);
  if (index === -1) return false;
  // An emptied list gives its memory back: every connection has one.
  if (underWay.length === 1) underWay.length = 0;
  else underWay.splice(index, 1);
  return true;
}

export function countJoins(underWay: readonly UnderWay[]): number {
  let joins = 0;
  for (const { type } of underWay) if (type === 'join') joins += 1;
  return joins;
}
