/** The text that the dialog for sending an event starts with. */

import type { ActorAddress, FeedObject } from '../../../src/inspect/feed/feed-protocol.ts';
import { keyOf } from '../names/address.ts';
import { WITHHELD } from '../ui/json-rows.ts';
import type { SeenLog } from '../watch/seen-log.ts';

/** The fields of events that have any. */
const FIELDS: Readonly<Record<string, FeedObject>> = {
  'room.join': { room: 'room1' },
  'room.leave': { room: 'room1' },
  'room.publish': { room: 'room1', data: '' },
  'server.broadcast': { data: '' },
  'room.call': { room: 'room1', method: 'servant.function', args: [] },
  'room.kick': { id: '', refusal: { error: 'permissionDenied', message: '' } },
  'membership.leave': { reason: 'kicked' },
};

/**
 * The event's fields as JSON, with the values of its last occurrence. Values that the server withholds have to be
 * filled in.
 */
export function templateOf(event: string, actor: ActorAddress, log: SeenLog): string {
  const key = keyOf(actor);
  for (let position = log.last; position >= log.first; position -= 1) {
    const what = log.entryAt(position)?.what;
    if (what?.type !== 'transition' || keyOf(what.actor) !== key || what.event.type !== event) continue;
    return write(fill(FIELDS[event] ?? {}, what.event.data));
  }
  return write(FIELDS[event] ?? {});
}

export type ReadData =
  | { readonly type: 'data'; readonly data: FeedObject }
  | { readonly type: 'invalid'; readonly error: string };

/** Parses the text of the dialog: the fields of an event without its type. */
export function readData(text: string): ReadData {
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data !== 'object' || data === null || Array.isArray(data)) {
      return { type: 'invalid', error: 'The fields of an event are a JSON object, such as {}.' };
    }
    return { type: 'data', data: data as FeedObject };
  } catch (error) {
    return { type: 'invalid', error: error instanceof Error ? error.message : String(error) };
  }
}

function fill(fields: FeedObject, seen: FeedObject): FeedObject {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const last = seen[name];
      return [name, last === undefined || last === WITHHELD || typeof last !== typeof value ? value : last];
    }),
  );
}

function write(fields: FeedObject): string {
  return JSON.stringify(fields, undefined, 2);
}
