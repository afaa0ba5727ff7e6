/** The members of a room over HTTP, for the chat page and for scripts. */

import type { Rooms } from '../actors/rooms.ts';
import type { Access } from './access.ts';
import { Caller } from './caller.ts';
import { answerInPortions, writeParts } from './long-answer.ts';
import type { ExactJson } from '../protocol/json/exact-json.ts';
import type { Clock } from '../system/clock.ts';
import { jsonError } from '../transport/common/responses.ts';
import type { Route } from './router.ts';

export function createPresenceRoute(rooms: Rooms, access: Access, clock: Clock): Route {
  return {
    methods: ['GET', 'HEAD'],
    path: '/presence',
    async handle({ request }) {
      const caller = access.admit(request);
      if (!(caller instanceof Caller)) return caller;
      const room = new URLSearchParams(request.query).get('roomNum');
      if (room === null) return jsonError(400, 'missing parameter: roomNum');
      const refused = access.refuse(request, caller, 'presence', room);
      if (refused !== undefined) return refused;
      const members = await rooms.members(room);
      if (!Array.isArray(members)) return jsonError(400, members.message);
      return answerInPortions(writeParts({ room, members } as unknown as ExactJson, 2), '\n', clock);
    },
  };
}
