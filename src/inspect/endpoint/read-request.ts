/** Parses the frames of the inspector's page: the result is a request of feed-protocol.ts, or what is wrong. */

import * as z from 'zod';
import { PROBLEM_KINDS } from '../../events/problem.ts';
import { MACHINE_NAMES } from '../population/machine-names.ts';
import type { FeedJson, FeedObject, FeedRequest, MachineName } from '../feed/feed-protocol.ts';

/** The longest name: a connection's id, and a room's name of 255 bytes. */
const MAX_NAME = 512;
const MAX_REASON = 200;
/** At most so many actors are in one page of the catalogue, and so many members in one of a room. */
const MAX_LIMIT = 500;
/** At most so many publications are in one page. */
const MAX_PUBLICATIONS = 100;

const id = z.int().min(0);
const name = z.string().max(MAX_NAME);
const kind = z.enum(MACHINE_NAMES as [MachineName, ...MachineName[]]);
const actor = z.strictObject({ kind, id: name });
const reason = z.string().max(MAX_REASON).exactOptional();

const command = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('send'),
    event: z
      .looseObject({ type: name })
      // It was parsed from JSON.
      .transform((event) => event as FeedObject & { type: string }),
  }),
  z.strictObject({ type: z.literal('kick'), reason }),
  z.strictObject({ type: z.literal('close'), reason }),
  z.strictObject({
    type: z.literal('publish'),
    data: z.custom<FeedJson>((data) => data !== undefined, 'missing'),
  }),
  z.strictObject({ type: z.literal('mute') }),
  z.strictObject({ type: z.literal('unmute') }),
  z.strictObject({ type: z.literal('removeHistory') }),
  z.strictObject({ type: z.literal('removePresence'), member: name }),
]);

const request: z.ZodType<FeedRequest> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('hello'), token: z.string().max(4_096).exactOptional() }),
  z.strictObject({
    type: z.literal('catalogue'),
    id,
    kinds: z.array(kind).max(MACHINE_NAMES.length).exactOptional(),
    state: name.exactOptional(),
    status: z.enum(['active', 'resting', 'failed', 'done']).exactOptional(),
    search: name.exactOptional(),
    sort: z.string().max(64).exactOptional(),
    descending: z.boolean().exactOptional(),
    offset: z.int().min(0).exactOptional(),
    limit: z.int().min(1).max(MAX_LIMIT).exactOptional(),
  }),
  z.strictObject({ type: z.literal('chart'), id, machine: kind }),
  z.strictObject({ type: z.literal('watch'), id, actor, related: z.boolean() }),
  z.strictObject({ type: z.literal('unwatch'), id }),
  z.strictObject({ type: z.literal('history'), id, actor }),
  z.strictObject({
    type: z.literal('members'),
    id,
    room: name,
    limit: z.int().min(1),
  }),
  z.strictObject({
    type: z.literal('presence'),
    id,
    room: name,
    search: name.exactOptional(),
    offset: z.int().min(0).exactOptional(),
    limit: z.int().min(1).max(MAX_LIMIT),
  }),
  z.strictObject({
    type: z.literal('publications'),
    id,
    room: name,
    before: z.strictObject({ offset: z.int().min(0), epoch: name }).exactOptional(),
    limit: z.int().min(1).max(MAX_PUBLICATIONS),
  }),
  z.strictObject({ type: z.literal('settings'), id, room: name }),
  z.strictObject({ type: z.literal('acts'), id, room: name.exactOptional() }),
  z.strictObject({
    type: z.literal('problems'),
    id,
    kind: z.enum(PROBLEM_KINDS).exactOptional(),
    search: name.exactOptional(),
    limit: z.int().min(1).max(MAX_LIMIT),
  }),
  z.strictObject({ type: z.literal('control'), id, actor, command }),
]);

export type ReadRequest =
  | { readonly ok: true; readonly request: FeedRequest }
  /** With the id of the request, if it could be read. */
  | { readonly ok: false; readonly id?: number; readonly error: string };

/** @param frame undefined for a frame that is not UTF-8 */
export function readRequest(frame: string | undefined): ReadRequest {
  const json = frame === undefined ? undefined : parseJson(frame);
  if (json === undefined) return { ok: false, error: 'a frame must be JSON' };
  const parsed = request.safeParse(json);
  if (parsed.success) return { ok: true, request: parsed.data };
  const error = parsed.error.issues
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`))
    .join('; ');
  const numbered = z.looseObject({ id }).safeParse(json);
  return { ok: false, error, ...(numbered.success && { id: numbered.data.id }) };
}

function parseJson(frame: string): FeedJson | undefined {
  try {
    return JSON.parse(frame) as FeedJson;
  } catch {
    return undefined;
  }
}
