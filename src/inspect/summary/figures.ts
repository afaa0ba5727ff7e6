/** The figures of actors by their kind. They must be cheap to read: the catalogue sorts by them. */

import type { Population } from '../population/population.ts';
import type { Subject } from './subject.ts';

export type Figures = Readonly<Record<string, number>>;

/** All actors of a kind have the same names. `ageMs`: for how long the actor is in its states. */
export function readFigures(subject: Subject, population: Population, ageMs: number): Figures {
  switch (subject.kind) {
    case 'server': {
      const { connections, rooms } = population.directory;
      return { connections: connections.size, rooms: rooms.size, servants: population.proxies.size };
    }
    case 'connection': {
      const { joined, queue, calls } = subject.context;
      return { rooms: joined.size, waiting: queue.waiting, calls };
    }
    case 'room': {
      const { record, broker, held, attempts } = subject.context;
      const { roster, journal, moderations } = record;
      return {
        members: roster.joined.size,
        awake: roster.awake.size,
        away: roster.away.size,
        offset: broker.position(record.name)?.offset ?? 0,
        judging: moderations.size,
        held: held.length,
        unwritten: journal.size,
        failedWrites: attempts,
      };
    }
    case 'membership':
      return { joinedAt: subject.context.joinedAt };
    case 'resting':
      return { joinedAt: subject.member.joinedAt };
    case 'moderation':
    case 'question':
      return { ageMs };
    case 'backend': {
      const { inFlight, waiting, failures, openings } = subject.context;
      return { inFlight: inFlight.size, waiting: waiting.size, failures, openings };
    }
    case 'tarsProxy': {
      const { calls, setbacks, openings, failedConnects } = subject.context;
      return {
        inFlight: calls.inFlight.size,
        waiting: calls.waiting.size,
        resting: calls.resting.size,
        late: calls.late,
        setbacks,
        openings,
        failedConnects,
      };
    }
    case 'delivery': {
      const { outbox, failures, takenEvents, takenBatches } = subject.context;
      const { events, bytes } = outbox.backlog;
      return { waiting: events, bytes, failures, takenEvents, takenBatches };
    }
    case 'redisLink': {
      const { connects, failures } = subject.context;
      return { connects, failures };
    }
  }
}
