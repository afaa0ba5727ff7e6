/** The functions of `Statecast.Push` about rooms: publishing, and reading what rooms keep and who is in them. */

import { MAX_PAGE } from '../../actors/room/stream/stream-reading.ts';
import type { Operations, PublishRequest } from '../../operations/operations.ts';
import type { RoomMember } from '../../protocol/command.ts';
import { createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { MessageLimits } from '../../protocol/limits.ts';
import type { Client, Position, PublishOptions, PushServant } from '../../tars/servants/statecast.ts';
import type { Decoded } from '../../tars/runtime.ts';
import { readJson, writeOptionalJson } from './push-json.ts';
import { DONE, MAX_LISTED, refused, tooMany, toStatus } from './push-status.ts';

/** Longest idempotency key and longest version epoch, in characters: they stay in memory. */
const MAX_KEY_LENGTH = 255;
/** Most rooms of one call. */
const MAX_ROOMS = 10_000;

const NOWHERE: Position = { offset: 0, epoch: '' };

type RoomFunctions =
  | 'publish'
  | 'publishToRooms'
  | 'history'
  | 'removeHistory'
  | 'presence'
  | 'presenceStats'
  | 'nodes';

export function createPushRooms(
  operations: Operations,
  limits: MessageLimits,
): Pick<PushServant, RoomFunctions> {
  const { messageBytes } = limits;

  return {
    async publish({ room, data, options }) {
      const request = readRequest(options, messageBytes);
      if ('error' in request) return { ret: toStatus(request), position: NOWHERE };
      const read = readJson('data', data, messageBytes);
      if ('refusal' in read) return { ret: refused(read), position: NOWHERE };
      const outcome = await operations.publish(room, read.value, request);
      return 'refusal' in outcome
        ? { ret: refused(outcome), position: NOWHERE }
        : { ret: DONE, position: toPosition(outcome) };
    },

    async publishToRooms({ rooms, data, options }) {
      const request = readRequest(options, messageBytes);
      if ('error' in request) return { ret: toStatus(request), outcomes: [] };
      if (rooms.length > MAX_ROOMS) {
        const refusal = createRefusal('limitExceeded', `it takes ${MAX_ROOMS} rooms at most`);
        return { ret: toStatus(refusal), outcomes: [] };
      }
      const read = readJson('data', data, messageBytes);
      if ('refusal' in read) return { ret: refused(read), outcomes: [] };
      const outcomes = await operations.publishToRooms(rooms, read.value, request);
      return {
        ret: DONE,
        outcomes: outcomes.map((outcome, index) => ({
          room: rooms[index]!,
          status: refused(outcome),
          position: 'refusal' in outcome ? NOWHERE : toPosition(outcome),
        })),
      };
    },

    async history({ room, query: { limit, sinceOffset, sinceEpoch, reverse } }) {
      const nothing = { publications: [], position: NOWHERE };
      if (reverse && sinceOffset === 0) {
        return { ret: toStatus(createRefusal('badRequest', 'nothing comes before offset 0')), ...nothing };
      }
      const since = sinceOffset < 0 ? undefined : { offset: sinceOffset, epoch: sinceEpoch };
      const size = limit < 0 || limit > MAX_PAGE ? MAX_PAGE : limit;
      const history = await operations.history(room, { since, reverse, limit: size });
      if ('refusal' in history) return { ret: refused(history), ...nothing };
      if (since !== undefined && sinceEpoch !== '' && sinceEpoch !== history.epoch) {
        return { ret: toStatus(createRefusal('unrecoverable')), ...nothing };
      }
      return {
        ret: DONE,
        position: toPosition(history),
        publications: history.publications.map(({ data, offset, time, tags, from }) => ({
          data: JSON.stringify(data),
          offset,
          time,
          tags: new Map(Object.entries(tags ?? {})),
          ...(from !== undefined && { info: toClient(from) }),
        })),
      };
    },

    removeHistory: async ({ room }) => ({ ret: refused(await operations.removeHistory(room)) }),

    async presence({ room }) {
      const found = await operations.presence(room);
      if ('refusal' in found) return { ret: refused(found), list: [] };
      if (found.members.length > MAX_LISTED) return { ret: tooMany('ask for presenceStats'), list: [] };
      return { ret: DONE, list: found.members.map(toClient) };
    },

    async presenceStats({ room }) {
      const found = await operations.presenceStats(room);
      if ('refusal' in found) return { ret: refused(found), clients: 0, users: 0 };
      return { ret: DONE, clients: found.connections, users: found.users };
    },

    async nodes() {
      const found = await operations.info();
      if ('refusal' in found) return { ret: refused(found), list: [] };
      const list = found.nodes.map(
        ({ uid, name, version, connections, users, rooms, memberships, uptimeSeconds }) => ({
          uid,
          name,
          version,
          clients: connections,
          users,
          rooms,
          memberships,
          uptimeSeconds: Math.floor(uptimeSeconds),
        }),
      );
      return { ret: DONE, list };
    },
  };
}

function readRequest(options: Decoded<PublishOptions>, messageBytes: number): PublishRequest | Refusal {
  const { tags, idempotencyKey, skipHistory, version, versionEpoch } = options;
  if (idempotencyKey.length > MAX_KEY_LENGTH || versionEpoch.length > MAX_KEY_LENGTH) {
    const message = `idempotencyKey and versionEpoch have ${MAX_KEY_LENGTH} characters at most`;
    return createRefusal('badRequest', message);
  }
  if (!Number.isSafeInteger(version) || version < 0) {
    return createRefusal('badRequest', 'version must be a whole number from 0, below 2^53');
  }
  const table = Object.fromEntries(tags);
  if (Buffer.byteLength(JSON.stringify(table)) > messageBytes) {
    return createRefusal('limitExceeded', `the tags are longer than ${messageBytes} bytes`);
  }
  return {
    from: 'servant',
    idempotencyKey,
    ...(tags.size > 0 && { tags: table }),
    ...(skipHistory && { skipHistory }),
    ...(version > 0 && { version: { number: version, epoch: versionEpoch } }),
  };
}

function toPosition({ offset, epoch }: Position): Position {
  return { offset, epoch };
}

function toClient({ id, user = '', info, roomInfo }: RoomMember): Client {
  return { client: id, user, connInfo: writeOptionalJson(info), roomInfo: writeOptionalJson(roomInfo) };
}
