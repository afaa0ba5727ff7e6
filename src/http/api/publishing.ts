/** The API's methods that publish to rooms: `publish` and `broadcast`. */

import * as z from 'zod';
import type { Answer } from '../../actors/room/ports.ts';
import type { Operations, Published, PublishRequest } from '../../operations/operations.ts';
import {
  defineMethod,
  failWith,
  refuseLost,
  toOutcome,
  type ApiFailure,
  type ApiMethod,
  type ApiRequest,
} from './api-method.ts';
import { anyJson, channel, count, key, position, texts } from './fields.ts';

/** Most channels of one broadcast. */
const MAX_CHANNELS = 10_000;

const publicationParams = z.object({
  // It comes before `data`, which is missing then.
  b64data: z
    .string()
    .refine((text) => text === '', 'b64data is not taken: send JSON as data')
    .optional()
    .describe('Is not taken: send JSON as `data`.'),
  data: anyJson.describe('The message: any JSON value.'),
  tags: texts.optional().describe('Short texts for the receivers.'),
  skip_history: z
    .boolean()
    .optional()
    .describe('The message is not kept, and takes no place in the stream of the room.'),
  idempotency_key: key
    .optional()
    .describe('A second message with this key in the same room, within five minutes, is not published.'),
  version: count
    .optional()
    .describe('The message is published only if it is higher than the latest one of the room.'),
  version_epoch: key.optional().describe('Another one counts versions anew.'),
  delta: z.boolean().optional().describe('Is ignored: rooms decide who gets deltas.'),
});

const publishParams = z.object({ channel, ...publicationParams.shape });

const broadcastParams = z.object({
  channels: z.array(z.string()).min(1).max(MAX_CHANNELS).describe('The names of rooms.'),
  ...publicationParams.shape,
});

type PublicationParams = z.output<typeof publicationParams>;

/** @param messageBytes Longest message, in bytes. The tags may have as many. */
export function createPublishing(
  operations: Pick<Operations, 'publish' | 'publishToRooms'>,
  messageBytes: number,
): ApiMethod[] {
  return [
    defineMethod({
      name: 'publish',
      summary: 'Publishes a message in a room.',
      params: publishParams,
      result: position,
      example: {
        params: { channel: 'room1', data: { text: 'hi' } },
        result: { offset: 1, epoch: 'q83vEjRW' },
      },
      rooms: (params) => [params.channel],
      run(params, request) {
        const wanted = readRequest(params, request, messageBytes);
        if ('error' in wanted) return wanted;
        const outcome = operations.publish(params.channel, params.data, wanted);
        return outcome instanceof Promise ? outcome.then(toPublished) : toPublished(outcome);
      },
    }),
    defineMethod({
      name: 'broadcast',
      summary: `Publishes one message in several rooms, ${MAX_CHANNELS.toLocaleString('en')} at most.`,
      params: broadcastParams,
      result: z.object({
        responses: z
          .array(
            z.union([
              z.object({ result: position }),
              z.object({ error: z.object({ code: count, message: z.string() }) }),
            ]),
          )
          .describe('For each channel, in order.'),
      }),
      example: {
        params: { channels: ['room1', 'room2'], data: { text: 'hi' } },
        result: {
          responses: [
            { result: { offset: 2, epoch: 'q83vEjRW' } },
            { result: { offset: 1, epoch: 'x0aTz4Lm' } },
          ],
        },
      },
      judgesRooms: true,
      async run(params, request) {
        const wanted = readRequest(params, request, messageBytes);
        if ('error' in wanted) return wanted;
        const { caller, deny } = request;
        const isAllowed = (room: string): boolean => caller.sees(room);
        const outcomes = await operations.publishToRooms(
          caller.seesAllRooms ? params.channels : params.channels.filter(isAllowed),
          params.data,
          wanted,
        );
        if (outcomes.length === params.channels.length) {
          return { result: { responses: outcomes.map(toPublished) } };
        }
        deny('broadcast');
        const left = outcomes.values();
        const responses = params.channels.map((room) => {
          const outcome = isAllowed(room) ? left.next().value : undefined;
          return outcome === undefined ? NOT_ALLOWED : toPublished(outcome);
        });
        return { result: { responses } };
      },
    }),
  ];
}

const NOT_ALLOWED = failWith('permissionDenied', 'this key does not allow broadcast here');

function readRequest(
  params: PublicationParams,
  request: ApiRequest,
  messageBytes: number,
): PublishRequest | ApiFailure {
  const { tags, skip_history: skipHistory, idempotency_key: idempotencyKey = '', version = 0 } = params;
  const lost = refuseLost(request, 'data');
  if (lost !== undefined) return lost;
  if (tags !== undefined && Buffer.byteLength(JSON.stringify(tags)) > messageBytes) {
    return failWith('limitExceeded', `the tags are longer than ${messageBytes} bytes`);
  }
  return {
    from: 'http',
    idempotencyKey,
    ...(tags !== undefined && Object.keys(tags).length > 0 && { tags }),
    ...(skipHistory === true && { skipHistory }),
    ...(version > 0 && { version: { number: version, epoch: params.version_epoch ?? '' } }),
  };
}

/** What a message is published with. The reference leaves out a position that is 0. */
function toPublished(outcome: Awaited<Answer<Published>>) {
  return toOutcome(outcome, ({ offset, epoch }) => (offset === 0 ? {} : { offset, epoch }));
}
