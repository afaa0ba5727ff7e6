/** What the owner of a server does to connections. An order for everybody is most likely a mistake, and is refused. */

import type { Answer } from '../actors/room/ports.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Order, RefreshOrder, Selection } from '../broker/control/control.ts';
import { CLOSE_CODES, isCloseCode } from '../protocol/close-codes.ts';
import type { Json } from '../protocol/command.ts';
import { ENDINGS, isEndingCode } from '../protocol/endings.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import { refuseMessage, type MessageLimits } from '../protocol/limits.ts';
import { isOverride } from '../protocol/override.ts';
import type { Clock } from '../system/clock.ts';
import { toFound, type AllNodes } from './all-nodes.ts';
import { bad } from './answers.ts';
import type { DisconnectRequest, Found, Operations, SubscribeRequest } from './operations.ts';

export interface ConnectionsInput {
  readonly rooms: Pick<Rooms, 'refuseName'>;
  readonly nodes: Pick<AllNodes, 'order'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: MessageLimits;
}

/** Most connections that a `disconnect` spares. */
const MAX_SPARED = 1_000;
/** Longest reason, in characters. Of one in a close frame, 123 bytes are sent. */
const MAX_REASON_LENGTH = 1_000;

const NOBODY = bad('say who it is about: a user, a connection (client) or a session');

type Selecting = 'send' | 'subscribe' | 'unsubscribe' | 'disconnect' | 'refresh' | 'invalidate';

export function createConnections({
  rooms,
  nodes,
  clock,
  limits,
}: ConnectionsInput): Pick<Operations, Selecting> {
  /** Gives an order about connections, unless it is refused. */
  function order(
    who: Selection,
    refusal: Refusal | undefined,
    give: (who: Selection) => Order,
  ): Answer<Found> {
    const selection = readSelection(who);
    if ('error' in selection) return { refusal: selection };
    if (refusal !== undefined) return { refusal };
    return nodes.order(give(selection), toFound);
  }

  function refuseJson(...values: readonly (Json | undefined)[]): Refusal | undefined {
    for (const value of values) {
      const refusal = value === undefined ? undefined : refuseMessage(value, limits);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  }

  function refuseSubscribe(
    room: string,
    { info, data, expiresAt, recoverSince, override }: SubscribeRequest,
  ) {
    const refusal = rooms.refuseName(room) ?? refuseJson(info, data);
    if (refusal !== undefined) return refusal;
    if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt > clock.now())) {
      return bad('expiresAt (expire_at) must be a time to come');
    }
    if (override !== undefined && !isOverride(override)) {
      return bad(
        'override may have presence and joinLeave, which are true or false, and recovery, which is true',
      );
    }
    if (recoverSince === undefined) return undefined;
    const { offset, epoch } = Object(recoverSince) as { offset?: unknown; epoch?: unknown };
    const isPosition = Number.isSafeInteger(offset) && (offset as number) >= 0 && typeof epoch === 'string';
    return isPosition ? undefined : bad('recoverSince must have an offset from 0 and an epoch');
  }

  function refuseRefresh({ expired, expiresAt, info }: RefreshOrder): Refusal | undefined {
    if (expired === undefined && expiresAt === undefined && info === undefined) {
      return bad('say what changes: expired, expiresAt (expire_at) or info');
    }
    if (expiresAt !== undefined && !(Number.isSafeInteger(expiresAt) && expiresAt >= 0)) {
      return bad('expiresAt (expire_at) must be a time since 1970, or 0 for never');
    }
    return refuseJson(info);
  }

  return {
    send: (who, data) => order(who, refuseJson(data), (found) => ({ type: 'tell', who: found, data })),

    subscribe(who, room, request = {}) {
      const { info, data, expiresAt, recoverSince, override } = request;
      return order(who, refuseSubscribe(room, request), (found) => ({
        type: 'join',
        who: found,
        room,
        ...(info !== undefined && { info }),
        ...(data !== undefined && { data }),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(override !== undefined && { override }),
        ...(recoverSince !== undefined && {
          since: { offset: recoverSince.offset, epoch: recoverSince.epoch },
        }),
      }));
    },

    unsubscribe: (who, room, { code, reason } = ENDINGS.unsubscribed) =>
      order(
        who,
        rooms.refuseName(room) ??
          refuseReason(reason) ??
          (isEndingCode(code)
            ? undefined
            : bad(
                'the code of an unsubscribe must be 2000, 2500 to 2502, or one of yours: 2100 to 2499, 2600 to 2999',
              )),
        (found) => ({ type: 'leave', who: found, room, ending: { code, reason } }),
      ),

    disconnect(who, { reason = '', code, except } = {}) {
      const refusal =
        refuseReason(reason) ?? refuseSpared(except) ?? (code === undefined ? undefined : refuseCode(code));
      return order(who, refusal, (found) => ({
        type: 'disconnect',
        who: found,
        ...(reason !== '' && { reason }),
        ...(code !== undefined && { code }),
        ...(except !== undefined && except.length > 0 && { except: [...except] }),
      }));
    },

    refresh: (who, { expired, expiresAt, info }) =>
      order(who, refuseRefresh({ expired, expiresAt, info } as RefreshOrder), (found) => ({
        type: 'refresh',
        who: found,
        ...(expired === true && { expired }),
        ...(expiresAt !== undefined && { expiresAt }),
        ...(info !== undefined && { info }),
      })),

    invalidate: (who, room) =>
      room === undefined
        ? order(who, undefined, (found) => ({
            type: 'disconnect',
            who: found,
            code: CLOSE_CODES.invalidated.code,
          }))
        : order(who, rooms.refuseName(room), (found) => ({
            type: 'leave',
            who: found,
            room,
            ending: { code: ENDINGS.invalidated.code, reason: ENDINGS.invalidated.reason },
          })),
  };
}

/** An empty text is nothing: what is left has at least one field. */
function readSelection(who: Selection): Selection | Refusal {
  const selection: { user?: string; connection?: string; session?: string } = {};
  for (const name of ['user', 'connection', 'session'] as const) {
    const value: unknown = (Object(who) as Selection)[name];
    if (value === undefined || value === '') continue;
    if (typeof value !== 'string') return bad(`${name} must be a string`);
    selection[name] = value;
  }
  return Object.keys(selection).length === 0 ? NOBODY : selection;
}

function refuseReason(reason: unknown): Refusal | undefined {
  if (typeof reason !== 'string') return bad('the reason must be a string');
  if (reason.length <= MAX_REASON_LENGTH) return undefined;
  return createRefusal('limitExceeded', `the reason is longer than ${MAX_REASON_LENGTH} characters`);
}

function refuseSpared(except: DisconnectRequest['except']): Refusal | undefined {
  if (except === undefined) return undefined;
  if (!Array.isArray(except) || !except.every((id) => typeof id === 'string')) {
    return bad('except (whitelist) must be a list of ids of connections');
  }
  if (except.length <= MAX_SPARED) return undefined;
  return createRefusal('limitExceeded', `except (whitelist) takes ${MAX_SPARED} ids at most`);
}

function refuseCode(code: number): Refusal | undefined {
  if (isCloseCode(code)) return undefined;
  return bad(
    'the code of a disconnect must be one of the table of close codes, or one of yours: 4000 to 4999',
  );
}
