/** The API's methods that publish to rooms: `publish` and `broadcast`. The names and shapes are Centrifugo's. */

import type { Answer } from '../../actors/room/ports.ts';
import type { Operations, Published, PublishRequest } from '../../operations/operations.ts';
import type { Json } from '../../protocol/command.ts';
import { keepDigits, type ExactJson } from '../../protocol/json/exact-json.ts';
import { findLostNumber, mayLoseNumbers } from '../../protocol/json/lost-number.ts';
import { failWith, toError, type ApiMethod, type ApiOutcome, type Params } from './api-method.ts';
import { readCount, readFlag, readTable, readText, readTexts } from './params.ts';

/** Longest idempotency key and longest version epoch, in characters: they stay in memory. */
const MAX_KEY_LENGTH = 255;

/** Most channels of one broadcast. Each takes some microseconds in which the server does nothing else. */
const MAX_CHANNELS = 10_000;

/** What `publish` and `broadcast` have in common. */
interface Publication {
  readonly data: Json;
  readonly request: PublishRequest;
}

/** @param messageBytes Longest message, in bytes. The tags may have as many. */
export function createPublishing(
  operations: Pick<Operations, 'publish' | 'publishToRooms'>,
  messageBytes: number,
): ApiMethod[] {
  return [
    {
      name: 'publish',
      run(params, text) {
        const channel = readText(params, 'channel');
        const publication = readPublication(params, text, messageBytes);
        if ('error' in publication) return publication;
        if (channel === '') return failWith('badRequest', 'publish needs the field channel');
        const { data, request } = publication;
        const outcome = operations.publish(channel, data, request);
        return outcome instanceof Promise ? outcome.then(toOutcome) : toOutcome(outcome);
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
        const { data, request } = publication;
        const outcomes = await operations.publishToRooms(channels, data, request);
        return { result: { responses: outcomes.map(toOutcome) } };
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
  const request = {
    from: 'http' as const,
    idempotencyKey,
    ...(tags !== undefined && Object.keys(tags).length > 0 && { tags }),
    ...(skipHistory && { skipHistory }),
    ...(number > 0 && { version: { number, epoch } }),
  };
  return { data, request };
}

function exactData(params: Params, text: string): ExactJson {
  const exact = keepDigits(text, params as Record<string, ExactJson>);
  return (exact as Record<string, ExactJson>)['data'] ?? null;
}

/** What a message is published with. The reference leaves out a position that is 0. */
function toOutcome(outcome: Awaited<Answer<Published>>): ApiOutcome {
  if ('refusal' in outcome) return { error: toError(outcome.refusal) };
  const { offset, epoch } = outcome;
  return { result: offset === 0 ? {} : { offset, epoch } };
}
