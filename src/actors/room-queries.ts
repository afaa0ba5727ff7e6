/** Answers what connections ask of rooms: who is there, and what was said. The rooms' rules decide who may ask. */

import type { Clock } from '../system/clock.ts';
import type { Broker, History } from '../broker/broker.ts';
import type { Presence } from '../broker/presence/presence.ts';
import type { EventSink } from '../events/server-events.ts';
import type { HistoryRequest } from '../protocol/command.ts';
import { because, createRefusal, type Refusal } from '../protocol/errors.ts';
import { refuseRoomName, type MessageLimits } from '../protocol/limits.ts';
import type { Directory } from './directory.ts';
import { queryPart } from './room/parts/parts.ts';
import type { HistoryPage, QueriesPort } from './room/ports.ts';
import type { RoomOptions } from './room/room-options.ts';
import { mayAct, type Asker, type RuledAction } from './room/rules/rules.ts';
import { MAX_PAGE } from './room/stream/stream-reading.ts';

export interface RoomQueriesInput {
  readonly directory: Pick<Directory, 'rooms'>;
  readonly broker: Pick<Broker, 'history'>;
  readonly presence: Pick<Presence, 'list' | 'stats'>;
  readonly events: EventSink;
  readonly clock: Clock;
  readonly optionsOf: (room: string) => RoomOptions;
  readonly limits: MessageLimits;
}

const TURNED_OFF = createRefusal('notAvailable');

export function createRoomQueries(input: RoomQueriesInput): QueriesPort {
  const { directory, broker, presence, optionsOf, limits } = input;

  /** Why a connection may not ask, or nothing. */
  function refuse(
    room: string,
    action: RuledAction,
    asker: Asker,
    options: RoomOptions,
  ): Refusal | undefined {
    const badName = refuseRoomName(room, limits);
    if (badName !== undefined) return badName;
    const rule = { name: `rooms.may.${action}`, value: options.rules[action] };
    if (rule.value === 'nobody')
      return because(options.isKnown ? TURNED_OFF : createRefusal('unknownRoom'), { rule });
    const { member } = asker;
    const seated = directory.rooms.get(room)?.record.roster.joined.get(member.id);
    // A client knows that it has joined a moment before the room has noted it.
    const seat = seated === undefined ? asker.seat : { isGranted: seated.grant !== undefined };
    if (mayAct(options, action, { member, seat })) return undefined;
    const refusal = createRefusal('permissionDenied', `you may not read the ${action} of ${room}`);
    return because(refusal, { rule });
  }

  function optionsIn(room: string): RoomOptions {
    return directory.rooms.get(room)?.record.options ?? optionsOf(room);
  }

  return {
    presence(room, asker) {
      const refusal = refuse(room, 'presence', asker, optionsIn(room));
      if (refusal !== undefined) return { refusal };
      return queryPart(
        input,
        'presence',
        room,
        () => presence.list(room),
        (members) => ({ members }),
      );
    },

    presenceStats(room, asker) {
      const refusal = refuse(room, 'presence', asker, optionsIn(room));
      if (refusal !== undefined) return { refusal };
      return queryPart(
        input,
        'presence',
        room,
        () => presence.stats(room),
        (stats) => stats,
      );
    },

    history(room, request, asker) {
      const options = optionsIn(room);
      const refusal = refuse(room, 'history', asker, options) ?? refuseHistory(options, request);
      if (refusal !== undefined) return { refusal };
      const { since, limit, reverse } = request;
      const asked = { since, reverse, limit: limit < 0 || limit > MAX_PAGE ? MAX_PAGE : limit };
      return queryPart(
        input,
        'broker',
        room,
        () => broker.history(room, asked),
        (history) => toPage(request, history),
      );
    },
  };
}

function refuseHistory({ history }: RoomOptions, { since, reverse }: HistoryRequest): Refusal | undefined {
  if (history.size === 0) return TURNED_OFF;
  if (!reverse || since === undefined || since.offset > 0) return undefined;
  return createRefusal('badRequest', 'nothing comes before offset 0');
}

function toPage(
  { since }: HistoryRequest,
  { publications, offset, epoch }: History,
): HistoryPage | { readonly refusal: Refusal } {
  const isOther = since !== undefined && since.epoch !== '' && since.epoch !== epoch;
  return isOther ? { refusal: createRefusal('unrecoverable') } : { publications, offset, epoch };
}
