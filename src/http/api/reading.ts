/** The API's method that reads what rooms keep: `history`. The names and shapes are Centrifugo's. */

import { MAX_PAGE } from '../../actors/room/stream/stream-reading.ts';
import type { Operations } from '../../operations/operations.ts';
import type { Publication, StreamPosition } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import { failWith, toError, UndecodableError, type ApiMethod, type Params } from './api-method.ts';
import { isObject, readCount, readFlag, readText } from './params.ts';

export function createReading(operations: Pick<Operations, 'history'>): ApiMethod[] {
  return [
    {
      name: 'history',
      async run(params) {
        const channel = readText(params, 'channel');
        const since = readSince(params);
        const reverse = readFlag(params, 'reverse');
        const asked = readLimit(params);
        if (channel === '') return failWith('badRequest', 'history needs the field channel');
        if (reverse && since?.offset === 0) return failWith('badRequest', 'nothing comes before offset 0');
        const limit = asked < 0 || asked > MAX_PAGE ? MAX_PAGE : asked;
        const history = await operations.history(channel, { since, reverse, limit });
        if ('refusal' in history) return { error: toError(history.refusal) };
        const { publications, offset, epoch } = history;
        if (since !== undefined && since.epoch !== '' && since.epoch !== epoch) {
          return { error: toError(createRefusal('unrecoverable')) };
        }
        return { result: { publications: publications.map(toJson), offset, epoch } };
      },
    },
  ];
}

/** Below 0: as many as a page has. */
function readLimit(params: Params): number {
  const limit = params['limit'] ?? 0;
  if (typeof limit !== 'number' || !Number.isInteger(limit)) {
    throw new UndecodableError('limit must be a whole number');
  }
  return limit;
}

function readSince(params: Params): StreamPosition | undefined {
  const since = params['since'] ?? undefined;
  if (since === undefined) return undefined;
  if (!isObject(since)) throw new UndecodableError('since must be an object with offset and epoch');
  return { offset: readCount(since, 'offset'), epoch: readText(since, 'epoch') };
}

function toJson({ data, offset, from, tags, time }: Publication): object {
  return {
    data,
    offset,
    ...(from !== undefined && {
      info: { client: from.id, user: from.user ?? '', conn_info: from.info, chan_info: from.roomInfo },
    }),
    tags,
    time,
  };
}
