/** Writes what a client of the Centrifuge protocol gets without a command. */

import type { JoinAnswer, Json, MemberChange, Publication, Push } from '../command.ts';
import { readEnding } from '../endings.ts';
import { mendEscapes } from '../json/well-formed.ts';
import { encodeOnce, type Frame } from '../text.ts';
import { dataOfDelta } from './delta.ts';
import {
  writeExpiry,
  writeInfo,
  writeJson,
  writeMended,
  writePublication,
  writeSubscription,
} from './results.ts';

/** The ping of the server, which is all the time the same. */
const PING: readonly Frame[] = [encodeOnce('{}')];

export function encodePush(push: Push): readonly Frame[] {
  switch (push.type) {
    case 'joined':
      return encodeJoined(push.room, push.answer ?? {});
    case 'left': {
      const { room, refusal, ending = 'unsubscribed' } = push;
      const body = `{"code":${readEnding(ending).code},"reason":${writeJson(refusal.message)}}`;
      return [writePush(room, 'unsubscribe', body)];
    }
    case 'message':
      return [encodeMessage(push.data)];
    case 'refresh':
      return [`{"push":{"refresh":{${writeExpiry(push.ttlSeconds)}}}}`];
    case 'ping':
      return PING;
  }
}

/** A client reads no publications in this push, so what it has missed comes after it. */
function encodeJoined(room: string, answer: JoinAnswer): string[] {
  const { stream } = answer;
  if (stream === undefined || stream.publications.length === 0) {
    return [writePush(room, 'subscribe', writeSubscription(answer))];
  }
  const { publications, delta } = stream;
  const joined = { ...answer, stream: { ...stream, publications: [] } };
  return [
    writePush(room, 'subscribe', writeSubscription(joined)),
    ...publications.map((publication, index) =>
      delta ? encodeDelta(publication, publications[index - 1]) : encodePublication(publication),
    ),
  ];
}

/** A message that belongs to no room. */
export function encodeMessage(data: Json): string {
  return mendEscapes(`{"push":{"message":{"data":${writeJson(data)}}}}`);
}

/** Each part is mended, and not the whole: this runs for every message (docs/decisions/0013-written-for-every-message.md). */
export function encodePublication(publication: Publication): string {
  const { room, data } = publication;
  if (room !== latestRoom) {
    latestHead = `{"push":{"channel":${writeMended(room)},"pub":`;
    latestRoom = room;
  }
  return `${latestHead}${writePublication(publication, writeMended(data))}}}`;
}

/** The room of the latest publication, and how its publications begin. */
let latestRoom: string | undefined;
let latestHead = '';

export function encodeDelta(publication: Publication, base: Publication | undefined): string {
  const { data, isPatch } = dataOfDelta(publication.data, base);
  return writePush(publication.room, 'pub', writePublication(publication, data, isPatch));
}

export function encodeMemberChange({ type, room, member }: MemberChange): string {
  return writePush(room, type, `{"info":${writeInfo(member)}}`);
}

function writePush(room: string, name: string, body: string): string {
  return mendEscapes(`{"push":{"channel":${writeJson(room)},"${name}":${body}}}`);
}
