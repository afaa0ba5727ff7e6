/**
 * Which events may be sent from the inspector, and with which fields. Left out are events that carry ports or
 * functions, facts that only another actor can know, and events after which somebody would wait for an answer
 * forever.
 */

import * as z from 'zod';
import type { LeaveReason } from '../../events/server-events.ts';
import { ERRORS, type ErrorName } from '../../protocol/errors.ts';
import type { FeedObject, MachineName } from '../feed/feed-protocol.ts';

const room = z.string();
/** Any JSON. */
const json = z.json();
const refusal = z.strictObject({
  error: z.enum(Object.keys(ERRORS) as [ErrorName, ...ErrorName[]]),
  message: z.string().max(1_000),
});

/** The reasons to leave that may be given. The server finds the other reasons itself. */
const REASONS = ['left', 'kicked', 'disconnected', 'shutdown'] as const satisfies readonly LeaveReason[];

/** Each machine's events. */
export const SENDABLE = {
  server: [define('server.stop', {})],
  connection: [
    define('ping', {}),
    define('room.join', { room }),
    define('room.leave', { room }),
    define('room.publish', { room, data: json }),
    define('server.broadcast', { data: json }),
    define('room.call', { room, method: z.string(), args: json }),
    define('server.disconnect', {}),
    define('socket.congested', {}),
    define('socket.drained', {}),
  ],
  room: [
    define('room.mute', {}),
    define('room.unmute', {}),
    define('room.kick', { id: z.string(), refusal }),
  ],
  membership: [define('membership.leave', { reason: z.enum(REASONS).default('left') })],
  moderation: [define('moderation.abandon', {})],
  question: [define('question.abandon', {})],
  backend: [define('backend.retry', {})],
  tarsProxy: [define('link.writable', {})],
  delivery: [],
  redisLink: [],
} as const satisfies Record<MachineName, readonly z.ZodObject[]>;

/** An event that has passed its schema. */
export type SendableEvent<Kind extends MachineName> = z.infer<(typeof SENDABLE)[Kind][number]>;

/** The types of the events that may be sent to a machine. */
export function listSendable(kind: MachineName): readonly string[] {
  return SENDABLE[kind].map(({ shape }) => shape.type.value);
}

export type ReadEvent<Kind extends MachineName> =
  | { readonly ok: true; readonly event: SendableEvent<Kind> }
  | { readonly ok: false; readonly error: string };

/** Checks an event. The error names all problems, and what the machine takes. */
export function readEvent<Kind extends MachineName>(
  kind: Kind,
  event: FeedObject & { readonly type: string },
): ReadEvent<Kind> {
  const schemas: readonly z.ZodObject<{ type: z.ZodLiteral<string> }>[] = SENDABLE[kind];
  const schema = schemas.find(({ shape }) => shape.type.value === event.type);
  if (schema === undefined) {
    const allowed = schemas.map(describeEvent).join(', ');
    return { ok: false, error: `a ${kind} cannot be sent ${event.type}, only ${allowed}` };
  }
  const parsed = schema.safeParse(event);
  if (parsed.success) return { ok: true, event: parsed.data as SendableEvent<Kind> };
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
  return { ok: false, error: `${problems.join('; ')}; it has to be ${describeEvent(schema)}` };
}

function define<Type extends string, Fields extends z.ZodRawShape>(type: Type, fields: Fields) {
  return z.strictObject({ type: z.literal(type), ...fields });
}

/** Such as `room.publish {room, data}`. */
function describeEvent({ shape }: z.ZodObject<{ type: z.ZodLiteral<string> }>): string {
  const { type, ...fields } = shape;
  const names = Object.keys(fields);
  return names.length === 0 ? type.value : `${type.value} {${names.join(', ')}}`;
}
