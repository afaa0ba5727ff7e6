/** The API's methods that publish to rooms: `publish` and `broadcast`. The names and shapes are Centrifugo's. */

import type { PublishOutcome, Publisher, RoomsPort } from '../../actors/room/ports.ts';
import type { Json } from '../../protocol/command.ts';
import { keepDigits, type ExactJson } from '../../protocol/json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import type { Clock } from '../../system/clock.ts';
import { HttpPublisher } from '../http-publisher.ts';
import { failWith, toError, type ApiMethod, type ApiOutcome, type Params } from './api-method.ts';
import { Idempotency } from './idempotency.ts';
import { readCount, readFlag, readTable, readText, readTexts } from './params.ts';

export interface PublishingOptions {
  readonly rooms: RoomsPort;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Longest message, in bytes. The tags may have as many. */
  readonly messageBytes: number;
}

/** Longest idempotency key and longest version epoch, in characters: they stay in memory. */
const MAX_KEY_LENGTH = 255;

/** Most channels of one broadcast. Each takes some microseconds in which the server does nothing else. */
const MAX_CHANNELS = 10_000;

/** What `publish` and `broadcast` have in common. */
interface Publication {
  readonly data: Json;
  readonly options: NonNullable<Publisher['options']>;
  /** Empty: none. */
  readonly idempotencyKey: string;
}

export function createPublishing({ rooms, clock, messageBytes }: PublishingOptions): ApiMethod[] {
  const done = new Idempotency<ApiOutcome>(clock);

  function publish(room: string, publication: Publication): ApiOutcome | Promise<ApiOutcome> {
    const { data, options, idempotencyKey } = publication;
    const act = (): ApiOutcome | Promise<ApiOutcome> => {
      const publisher = new HttpPublisher(options);
      rooms.publish(room, data, publisher);
      const { outcome } = publisher;
      return outcome === undefined ? publisher.untilTold().then(toOutcome) : toOutcome(outcome);
    };
    if (idempotencyKey === '') return act();
    // The length of the room's name makes the pair of them one text.
    return done.once(`${room.length} ${room}${idempotencyKey}`, act, (outcome) => 'result' in outcome);
  }

  return [
    {
      name: 'publish',
      run(params, text) {
        const channel = readText(params, 'channel');
        const publication = readPublication(params, text, messageBytes);
        if ('error' in publication) return publication;
        return channel === ''
          ? failWith('badRequest', 'publish needs the field channel')
          : publish(channel, publication);
      },
    },
    {
      name: 'broadcast',
      async run(params, text) {
        const channels = readTexts(params, 'channels');
        const publication = readPublication(params, text, messageBytes);
        if ('error' in publication) return publication;
        if (channels.length === 0) return failWith('badRequest', 'broadcast needs the field channels');
        if (channels.length > MAX_CHANNELS) {
          return failWith('limitExceeded', `a broadcast takes ${MAX_CHANNELS} channels at most`);
        }
        const responses = await Promise.all(channels.map(async (channel) => publish(channel, publication)));
        return { result: { responses } };
      },
    },
  ];
}

function readPublication(
  params: Params,
  text: string,
  messageBytes: number,
): Publication | Extract<ApiOutcome, { error: object }> {
  const skipHistory = readFlag(params, 'skip_history');
  const tags = readTable(params, 'tags');
  const idempotencyKey = readText(params, 'idempotency_key');
  const number = readCount(params, 'version');
  const epoch = readText(params, 'version_epoch');
  // Rooms decide by themselves who gets deltas.
  readFlag(params, 'delta');
  if (readText(params, 'b64data') !== '')
    return failWith('badRequest', 'b64data is not taken: send JSON as data');
  const { data } = params as { readonly data?: Json };
  if (data === undefined) return failWith('badRequest', 'the field data is missing');
  const lost = mayLoseNumbers(text) ? findLostNumber(exactData(params, text)) : undefined;
  if (lost !== undefined) {
    return failWith('badRequest', 'data has a number that would lose digits: send it as a string');
  }
  if (!Number.isSafeInteger(number)) return failWith('badRequest', 'version must be below 2^53');
  for (const [name, value] of [
    ['idempotency_key', idempotencyKey],
    ['version_epoch', epoch],
  ] as const) {
    if (value.length > MAX_KEY_LENGTH)
      return failWith('badRequest', `${name} is longer than ${MAX_KEY_LENGTH} characters`);
  }
  if (tags !== undefined && Buffer.byteLength(JSON.stringify(tags)) > messageBytes) {
    return failWith('limitExceeded', `the tags are longer than ${messageBytes} bytes`);
  }
  const options = {
    ...(tags !== undefined && Object.keys(tags).length > 0 && { tags }),
    ...(skipHistory && { skipHistory }),
    ...(number > 0 && { version: { number, epoch } }),
  };
  return { data, options, idempotencyKey };
}

function exactData(params: Params, text: string): ExactJson {
  const exact = keepDigits(text, params as Record<string, ExactJson>);
  return (exact as Record<string, ExactJson>)['data'] ?? null;
}

/** What a message is published with. The reference leaves out a position that is 0. */
function toOutcome(outcome: PublishOutcome): ApiOutcome {
  switch (outcome.type) {
    case 'published':
      return { result: outcome.offset === 0 ? {} : { offset: outcome.offset, epoch: outcome.epoch } };
    case 'refused':
      return { error: toError(outcome.refusal) };
    case 'broadcasted':
    case 'dropped':
    case 'answered':
      return { result: {} };
  }
}
