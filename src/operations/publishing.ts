/** What the server itself says: to rooms, and to every open socket. */

import type { Answer, PublishOutcome, RoomsPort } from '../actors/room/ports.ts';
import type { Json } from '../protocol/command.ts';
import { nextTurn } from '../system/turns.ts';
import type { Done, Operations, Published, PublishRequest } from './operations.ts';
import { ServerPublisher } from './server-publisher.ts';

type Outcome = Awaited<Answer<Published>>;

const DONE: Done = {};

/** Rooms in a row, in which the server does nothing else. A room that is not in memory takes some 200 µs. */
const ROOMS_A_TURN = 100;

export function createPublishing(
  rooms: Pick<RoomsPort, 'publish' | 'broadcast'>,
): Pick<Operations, 'publish' | 'publishToRooms' | 'broadcast'> {
  function publish(room: string, data: Json, request: PublishRequest = {}): Answer<Published> {
    const publisher = new ServerPublisher(request.from ?? 'library', toOptions(request));
    rooms.publish(room, data, publisher);
    const { outcome } = publisher;
    return outcome === undefined ? publisher.untilTold().then(toPublished) : toPublished(outcome);
  }

  return {
    publish,
    async publishToRooms(names, data, request) {
      const outcomes: Outcome[] = [];
      for (let start = 0; start < names.length; start += ROOMS_A_TURN) {
        if (start > 0) await nextTurn();
        const turn = names.slice(start, start + ROOMS_A_TURN);
        outcomes.push(...(await Promise.all(turn.map(async (room) => publish(room, data, request)))));
      }
      return outcomes;
    },
    broadcast(data, from = 'library') {
      const publisher = new ServerPublisher(from);
      rooms.broadcast(data, publisher);
      const { outcome } = publisher;
      return outcome === undefined ? publisher.untilTold().then(toDone) : toDone(outcome);
    },
  };
}

/** Undefined where nothing is asked of the stream: most messages are published so. */
function toOptions({ tags, skipHistory, version, idempotencyKey = '' }: PublishRequest) {
  const isPlain = tags === undefined && skipHistory === undefined && version === undefined;
  if (isPlain && idempotencyKey === '') return undefined;
  return {
    ...(idempotencyKey !== '' && { idempotencyKey: `api:${idempotencyKey}` }),
    ...(tags !== undefined && { tags }),
    ...(skipHistory === true && { skipHistory }),
    ...(version !== undefined && { version }),
  };
}

/** No handler is asked about what the server says, so that it is published or refused. */
function toPublished(outcome: PublishOutcome): Outcome {
  if (outcome.type === 'refused') return { refusal: outcome.refusal };
  if (outcome.type !== 'published') throw new Error(`a publication ended as ${outcome.type}`);
  return { offset: outcome.offset, epoch: outcome.epoch };
}

function toDone(outcome: PublishOutcome): Awaited<Answer<Done>> {
  return outcome.type === 'refused' ? { refusal: outcome.refusal } : DONE;
}
