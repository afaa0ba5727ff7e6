/** What the page of a room reads: who is present, what was published, and what the room allows. */

import type { Answer } from '../../actors/room/ports.ts';
import type { SupervisedRoom } from '../../actors/room/supervised-room.ts';
import type { FeedMessage, FeedRequest } from '../feed/feed-protocol.ts';
import type { Population } from '../population/population.ts';
import type { Redaction } from '../redaction/redaction.ts';
import { findPresent } from './present-members.ts';
import type { RoomOperations } from './room-operations.ts';
import { showPublication } from './publication-view.ts';
import { viewSettings } from './room-settings.ts';

type Asked<Type extends FeedRequest['type']> = Omit<Extract<FeedRequest, { type: Type }>, 'type' | 'id'>;
type Told<Type extends FeedMessage['type']> = Omit<Extract<FeedMessage, { type: Type }>, 'type' | 'id'>;

export interface RoomReadingInput {
  readonly population: Pick<Population, 'directory'>;
  readonly operations: () => Pick<RoomOperations, 'history' | 'presence'>;
  /** For the data of messages and what is told of members. */
  readonly redaction: Redaction;
  /** The pattern of the settings that rooms of this name go by, if there is one. */
  readonly patternOf: (room: string) => string | undefined;
}

export interface RoomReading {
  /** One page of those who are present on any node and, after them, the users who are away. */
  presence(asked: Asked<'presence'>): Promise<Awaited<Answer<Told<'presence'>>>>;
  /** What the stream keeps, the latest first, and where it stands. The room need not be in memory. */
  publications(asked: Asked<'publications'>): Promise<Awaited<Answer<Told<'publications'>>>>;
  /** Undefined for a room that is not in memory. */
  settings(room: string): Told<'settings'> | undefined;
}

export function createRoomReading(input: RoomReadingInput): RoomReading {
  const { population, operations, redaction, patternOf } = input;
  const find = (room: string): SupervisedRoom | undefined => population.directory.rooms.get(room);

  return {
    async presence(asked) {
      const { room } = asked;
      const answer = await operations().presence(room);
      if ('refusal' in answer) return answer;
      const away = find(room)?.record.roster.awayMembers() ?? [];
      return { room, ...findPresent(answer.members, away, asked, redaction) };
    },

    async publications({ room, before, limit }) {
      // One more than is shown tells whether there are older ones.
      const answer = await operations().history(room, { since: before, limit: limit + 1, reverse: true });
      if ('refusal' in answer) return answer;
      const { offset, epoch, publications } = answer;
      return {
        room,
        offset,
        epoch,
        publications: publications
          .slice(0, limit)
          .map((publication) => showPublication(publication, redaction)),
        hasOlder: publications.length > limit,
      };
    },

    settings(room) {
      const record = find(room)?.record;
      return record && { room, ...viewSettings(record, patternOf(room)) };
    },
  };
}
