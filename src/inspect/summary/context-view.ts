/** The parts of an actor's context that help to find a fault, by its kind. Ports and functions are left out. */

import type { UnderWay } from '../../actors/connection/under-way.ts';
import type { ProxyCall } from '../../actors/servant/call-table.ts';
import type { RoomHandlers } from '../../actors/room/room-options.ts';
import type { Roster } from '../../actors/room/roster.ts';
import type { Clock } from '../../system/clock.ts';
import type { Population } from '../population/population.ts';
import { isWithin, type LeafStates } from './leaf-states.ts';
import type { Subject } from './subject.ts';

/** Of a long list only the first few are shown. */
const FIRST = 10;
/** The same for calls, which take more space. */
const FIRST_CALLS = 4;

/** The states in which a membership has a reason to leave. */
const LEAVING = ['withdrawing', 'leaving', 'left', 'gone'];

/** The fields are not redacted yet. Undefined for a resting membership, which has no context. */
export function viewContext(
  subject: Subject,
  states: LeafStates,
  population: Population,
  clock: Pick<Clock, 'now' | 'monotonic'>,
): object | undefined {
  switch (subject.kind) {
    case 'server': {
      const { address, error, drainMs } = subject.context;
      const { connections, rooms } = population.directory;
      return {
        address: address ?? null,
        error,
        drainMs,
        connections: connections.size,
        rooms: rooms.size,
        servants: first(population.proxies.keys(), population.proxies.size),
        backends: first(population.backends.keys(), population.backends.size),
        questions: population.questions.size,
      };
    }
    case 'connection': {
      const { member, remoteAddress, joined, underWay, closedWith, calls, limits } = subject.context;
      return {
        member,
        remoteAddress,
        rooms: first(joined, joined.size),
        joining: roomsUnderWay(underWay, 'join'),
        leaving: roomsUnderWay(underWay, 'leave'),
        calls,
        closedWith: closedWith ?? null,
        limits,
      };
    }
    case 'room': {
      const { record, broker, held, attempts, flushMs, awayTtlMs, reconnectMs } = subject.context;
      const { name, roster, options, judged, moderations, journal } = record;
      const { handlers, rules, owners, stream, joinLeave, rpc } = options;
      const { capacity, messagesPerSecond, handlerMs, lingerMs } = options;
      const position = broker.position(name);
      return {
        name,
        ...viewRoster(roster),
        epoch: position?.epoch ?? null,
        offset: position?.offset ?? 0,
        muted: record.muted,
        judged,
        judging: first(moderations.keys(), moderations.size),
        journal: { written: journal.isEmpty, failedWrites: attempts, flushMs },
        loaded: record.loaded,
        held: countByType(held),
        limits: { capacity, messagesPerSecond: messagesPerSecond ?? null, handlerMs, lingerMs, rpc },
        rules,
        owners: owners ?? null,
        stream,
        joinLeave,
        handlers: namesOf(handlers),
        awayTtlMs,
        reconnectMs,
      };
    }
    case 'membership': {
      const { room, subscriber, joinedAt, resumed, handlers, handlerMs, reason, refusal } = subject.context;
      return {
        room,
        member: subscriber.member,
        joinedAt,
        resumed,
        // Before it is refused or leaves, these fields have only their initial values.
        refusal: isWithin(states, 'refused') ? refusal : null,
        reason: LEAVING.some((state) => isWithin(states, state)) ? reason : null,
        handlers: namesOf(handlers),
        handlerMs,
      };
    }
    case 'moderation': {
      const { room, member, data, handler, handlerMs } = subject.context;
      return { room: room ?? null, member, data, handler, handlerMs };
    }
    case 'question': {
      const { kind, room, member, target, timeoutMs } = subject.context;
      return { question: kind, room: room ?? null, member, backend: target, timeoutMs };
    }
    case 'backend': {
      const { name, inFlight, waiting, answers, failures, openings, policy } = subject.context;
      return {
        name,
        inFlight: first(inFlight.keys(), inFlight.size, ({ id }) => id),
        waiting: first(waiting, waiting.size, ({ id }) => id),
        answers,
        failures,
        openings,
        policy,
      };
    }
    case 'tarsProxy': {
      const { name, policy, calls, link, setbacks, openings, failedConnects, lastFailure } = subject.context;
      const endpoints = link.endpoints?.() ?? [];
      const { inFlight, waiting, resting, late } = calls;
      /** The deadline as a date: what the monotonic clock says has no meaning on a page. */
      const viewCall = ({ request, requestId, attempts, deadlineAt, idempotent }: ProxyCall): object => {
        const date = clock.now() + deadlineAt - clock.monotonic();
        return { func: request.func, requestId, attempts, deadlineAt: date, idempotent };
      };
      return {
        name,
        endpoints: first(endpoints, endpoints.length),
        inFlight: first(inFlight.values(), inFlight.size, viewCall, FIRST_CALLS),
        waiting: first(waiting, waiting.size, viewCall, FIRST_CALLS),
        resting: first(resting, resting.size, viewCall, FIRST_CALLS),
        late,
        setbacks,
        openings,
        failedConnects,
        lastFailure: failedConnects > 0 ? lastFailure : null,
        policy,
      };
    }
    case 'delivery': {
      const { name, policy, outbox, batch, failures, lastFailure, takenEvents, takenBatches } =
        subject.context;
      return {
        name,
        backlog: outbox.backlog,
        batch: batch === undefined ? null : { id: batch.id, events: batch.events.length },
        failures,
        lastFailure: lastFailure ?? null,
        takenEvents,
        takenBatches,
        policy,
      };
    }
    case 'redisLink': {
      const { link, policy, failure, failures, connects } = subject.context;
      return { address: link.address, connects, failures, lastFailure: failure ?? null, policy };
    }
    case 'resting':
      return undefined;
  }
}

function viewRoster({ joined, awake, away }: Roster): object {
  return {
    members: first(joined.keys(), joined.size),
    awake: first(awake.keys(), awake.size),
    away: first(away.values(), away.size, ({ member: { user, awaySince } }) => ({ user, awaySince })),
  };
}

function first<Item>(
  items: Iterable<Item>,
  count: number,
  view: (item: Item) => unknown = same,
  most = FIRST,
): object {
  const shown: unknown[] = [];
  for (const item of items) {
    if (shown.length === most) break;
    shown.push(view(item));
  }
  return { count, first: shown };
}

function same(item: unknown): unknown {
  return item;
}

function countByType(events: readonly { readonly type: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

function namesOf(handlers: RoomHandlers): string[] {
  return Object.entries(handlers)
    .filter(([, handler]) => handler !== undefined)
    .map(([name]) => name);
}

/** The rooms of joins or leaves that are not answered yet. */
function roomsUnderWay(underWay: readonly UnderWay[], type: 'join' | 'leave') {
  const rooms = underWay.flatMap((command) => (command.type === type ? [command.room] : []));
  return first(rooms, rooms.length);
}
