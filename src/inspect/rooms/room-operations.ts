/** What the inspector does in rooms, and reads of them and of problems, on all nodes. It has no rules of its own for that. */

import type { Operations } from '../../operations/operations.ts';

export type RoomOperations = Pick<
  Operations,
  | 'publish'
  | 'history'
  | 'removeHistory'
  | 'presence'
  | 'removePresence'
  | 'kick'
  | 'mute'
  | 'unmute'
  | 'closeRoom'
  | 'disconnect'
  | 'problems'
>;

/** A connection in a room. */
export type PresentConnection = Extract<
  Awaited<ReturnType<Operations['presence']>>,
  { members: unknown }
>['members'][number];
