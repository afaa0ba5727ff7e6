/**
 * The actions and guards of a room's chart (room.ts) that are told of the event, and what they are told: most are
 * given the event itself, whose fields are their params.
 */

import type { LoadedRoom } from '../../storage/membership-store.ts';
import type { RoomContext, RoomEvent, RoomEventOf } from './room-events.ts';

export interface On<Type extends RoomEvent['type']> {
  readonly event: RoomEventOf<Type>;
}

export const admit = { type: 'admit', params: ({ event }: On<'room.join'>) => event } as const;
export const refuseForbidden = {
  type: 'refuseForbidden',
  params: ({ event }: On<'room.join'>) => event,
} as const;
export const refuseUnruled = {
  type: 'refuseUnruled',
  params: ({ event }: On<'room.publish' | 'room.cleared'>) => event,
} as const;
export const refuseFull = { type: 'refuseFull', params: ({ event }: On<'room.join'>) => event } as const;
export const refuseJoin = { type: 'refuseJoin', params: ({ event }: On<'room.join'>) => event } as const;
export const beginLeave = { type: 'beginLeave', params: ({ event }: On<'room.leave'>) => event } as const;
export const kick = { type: 'kick', params: ({ event }: On<'room.kick'>) => event } as const;
export const seat = { type: 'seat', params: ({ event }: On<'member.joined'>) => event } as const;
export const unseat = { type: 'unseat', params: ({ event }: On<'member.leaving'>) => event } as const;
export const seeOff = { type: 'seeOff', params: ({ event }: On<'member.left'>) => event } as const;
export const forget = { type: 'forget', params: ({ event }: On<'member.withdrawn'>) => event } as const;
export const turnAway = { type: 'turnAway', params: ({ event }: On<'member.refused'>) => event } as const;
export const dropFailed = { type: 'dropFailed', params: ({ event }: On<'member.failed'>) => event } as const;
export const endAbsence = { type: 'endAbsence', params: ({ event }: On<'member.joined'>) => event } as const;
export const endAbsenceHere = {
  type: 'endAbsenceHere',
  params: ({ event }: On<'room.resumed'>) => event,
} as const;
export const moderate = { type: 'moderate', params: ({ event }: On<'room.publish'>) => event } as const;
export const moderateCall = { type: 'moderateCall', params: ({ event }: On<'room.call'>) => event } as const;
export const refuseThrottled = {
  type: 'refuseThrottled',
  params: ({ event }: On<'room.publish'>) => event,
} as const;
export const record = { type: 'record', params: ({ event }: On<'member.recording'>) => event } as const;
export const recordWhileFailing = {
  type: 'recordWhileFailing',
  params: ({ event }: On<'member.recording'>) => event,
} as const;
export const refuseMuted = {
  type: 'refuseMuted',
  params: ({ event }: On<'room.publish' | 'room.cleared'>) => event,
} as const;
export const refuseMessage = {
  type: 'refuseMessage',
  params: ({ event }: On<'room.publish' | 'room.cleared'>) => event,
} as const;

export const refuseCall = (failure: 'notAllowed' | 'stopping') =>
  ({
    type: 'refuseCall',
    params: ({ event }: On<'room.call' | 'room.callCleared'>) => ({
      requester: event.requester,
      failure,
    }),
  }) as const;

export const noteMuted = (muted: boolean) => ({ type: 'noteMuted', params: { muted } }) as const;

export const reportStoreFailed = (message: string) =>
  ({ type: 'reportStoreFailed', params: () => ({ error: new Error(message) }) }) as const;

export const absorb = {
  type: 'absorb',
  params: ({ event }: { readonly event: { readonly output: LoadedRoom | undefined } }) => ({
    loaded: event.output,
  }),
} as const;

export interface SyncArgs {
  readonly context: RoomContext;
}

/** Asks the store to take the journal's changes, and before to read the room, where it may and has not yet. */
export const sync = (mayRead: boolean) =>
  ({
    src: 'sync',
    input: ({ context: { store, record } }: SyncArgs) => ({
      store,
      load: mayRead && (!record.loaded || record.orphaned),
      isUrgent: !record.loaded || record.journal.isAwaited,
      changes: record.journal.beginWrite(),
    }),
  }) as const;
