/** The functions of `Statecast.Push` that act in rooms, and say who is present there without a connection. */

import type { Operations } from '../../operations/operations.ts';
import type { MessageLimits } from '../../protocol/limits.ts';
import type { PushServant } from '../../tars/servants/statecast.ts';
import { readJson, readOptionalJson } from './push-json.ts';
import { DONE, MAX_LISTED, refused, tooMany } from './push-status.ts';

const DEFAULT_TTL_SECONDS = 60;

type ActingFunctions =
  | 'findRooms'
  | 'setPresence'
  | 'removePresence'
  | 'broadcast'
  | 'mute'
  | 'unmute'
  | 'closeRoom';

export function createPushActing(
  operations: Operations,
  { messageBytes }: MessageLimits,
): Pick<PushServant, ActingFunctions> {
  return {
    async findRooms({ pattern }) {
      const found = await operations.rooms(pattern);
      if ('refusal' in found) return { ret: refused(found), list: [] };
      if (found.rooms.length > MAX_LISTED)
        return { ret: tooMany('give a pattern that fits fewer'), list: [] };
      return { ret: DONE, list: found.rooms.map(({ room, members }) => ({ name: room, members })) };
    },

    async setPresence({ room, member, ttlSeconds }) {
      const info = readOptionalJson('info', member.info, messageBytes);
      if ('refusal' in info) return { ret: refused(info), client: '' };
      const outside = { id: member.id, user: member.user, info: info.value };
      const ttlMs = (ttlSeconds === 0 ? DEFAULT_TTL_SECONDS : ttlSeconds) * 1000;
      const set = await operations.setPresence(room, outside, ttlMs);
      return { ret: refused(set), client: 'refusal' in set ? '' : set.id };
    },

    async removePresence({ room, id }) {
      const removed = await operations.removePresence(room, id);
      return { ret: refused(removed), found: 'found' in removed && removed.found };
    },

    async broadcast({ data }) {
      const read = readJson('data', data, messageBytes);
      return { ret: refused('refusal' in read ? read : await operations.broadcast(read.value, 'servant')) };
    },

    mute: async ({ room }) => ({ ret: refused(await operations.mute(room)) }),

    unmute: async ({ room }) => ({ ret: refused(await operations.unmute(room)) }),

    async closeRoom({ room, reason }) {
      const closed = await operations.closeRoom(room, reason);
      return { ret: refused(closed), found: 'found' in closed && closed.found };
    },
  };
}
