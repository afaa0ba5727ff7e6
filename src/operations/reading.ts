/** What the owner of a server reads: who is in rooms, what rooms keep, which rooms and nodes there are. */

import { queryPart } from '../actors/room/parts/parts.ts';
import type { Answer, RpcPort } from '../actors/room/ports.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Broker } from '../broker/broker.ts';
import type { Survey } from '../broker/control/control.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { EventSink } from '../events/server-events.ts';
import { refuseRoomName, type MessageLimits } from '../protocol/limits.ts';
import type { Clock } from '../system/clock.ts';
import type { AllNodes } from './all-nodes.ts';
import type { LoggedProblem } from '../events/problem.ts';
import type { Done, NodeInfo, Operations, Problems, RoomMembers } from './operations.ts';

export interface ReadingInput {
  readonly rooms: Pick<Rooms, 'members'>;
  readonly broker: Pick<Broker, 'history' | 'removeHistory'>;
  readonly presence: Pick<Presence, 'list' | 'stats'>;
  readonly nodes: Pick<AllNodes, 'survey'>;
  readonly rpc: RpcPort;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly limits: MessageLimits;
}

type Reading = Pick<
  Operations,
  | 'history'
  | 'removeHistory'
  | 'members'
  | 'presence'
  | 'presenceStats'
  | 'rooms'
  | 'info'
  | 'problems'
  | 'call'
>;

const DONE: Done = {};
const DEFAULT_PROBLEMS = 100;
const MOST_PROBLEMS = 1_000;

export function createReading(input: ReadingInput): Reading {
  const { rooms, broker, presence, nodes, rpc, limits } = input;

  /** Asks a part about a room of a good name. */
  function query<Value, Result>(
    room: string,
    part: 'broker' | 'presence',
    call: () => Value | Promise<Value>,
    toAnswer: (value: Value) => Result,
  ): Answer<Result> {
    const refusal = refuseRoomName(room, limits);
    return refusal === undefined ? queryPart(input, part, room, call, toAnswer) : { refusal };
  }

  return {
    history: (room, asked) =>
      query(
        room,
        'broker',
        () => broker.history(room, asked),
        (history) => history,
      ),
    removeHistory: (room) =>
      query(
        room,
        'broker',
        () => broker.removeHistory(room),
        () => DONE,
      ),
    async members(room) {
      const members = await rooms.members(room);
      return Array.isArray(members) ? { members } : { refusal: members };
    },
    presence: (room) =>
      query(
        room,
        'presence',
        () => presence.list(room),
        (members) => ({ members }),
      ),
    presenceStats: (room) =>
      query(
        room,
        'presence',
        () => presence.stats(room),
        (stats) => stats,
      ),
    rooms(pattern) {
      const question = {
        type: 'rooms',
        ...(pattern !== undefined && pattern !== '' && { pattern }),
      } as const;
      return nodes.survey(question, sumUp);
    },
    info: () => nodes.survey({ type: 'nodes' }, listNodes),
    problems: (asked = {}, most = DEFAULT_PROBLEMS) =>
      nodes.survey({ type: 'problems', query: { ...asked }, most: Math.min(most, MOST_PROBLEMS) }, (survey) =>
        mergeProblems(survey, most),
      ),
    async call(method, args) {
      const outcome = await rpc.call(method, args, undefined);
      if (outcome.type === 'result') return { result: outcome.result };
      const { code, message } = outcome;
      return { refusal: { error: 'internal', code, message } };
    },
  };
}

/** A room may have members on several nodes. */
function sumUp({ answers }: Survey): { readonly rooms: readonly RoomMembers[] } {
  const lists = answers as unknown as (readonly [string, number])[][];
  if (lists.length === 1) return { rooms: (lists[0] ?? []).map(([room, members]) => ({ room, members })) };
  const counts = new Map<string, number>();
  for (const answer of lists) {
    for (const [room, members] of answer) counts.set(room, (counts.get(room) ?? 0) + members);
  }
  return { rooms: Array.from(counts, ([room, members]) => ({ room, members })) };
}

function listNodes({ answers }: Survey): { readonly nodes: readonly NodeInfo[] } {
  return { nodes: answers as unknown as readonly NodeInfo[] };
}

/** What was seen last comes first. */
function mergeProblems({ answers, missing }: Survey, most: number): Problems {
  const found = (answers as unknown as readonly (readonly LoggedProblem[])[]).flat();
  return { problems: found.toSorted((a, b) => b.at - a.at).slice(0, most), missing };
}
