/** Writes replies of the Centrifuge protocol. The key of a result is always there: without it the SDK stops for good. */

import type { CallOutcome, ConnectAnswer, Reply } from '../command.ts';
import { ERRORS, type Refusal } from '../errors.ts';
import { writeExactJson } from '../json/exact-json.ts';
import { mendEscapes } from '../json/well-formed.ts';
import { encodeMessage } from './encode-push.ts';
import {
  writeEntries,
  writeExpiry,
  writeInfo,
  writeJson,
  writePublication,
  writeSubscription,
} from './results.ts';

/** What the result of `connect` says of the server. */
export interface ServerInfo {
  /** The version of the server. */
  readonly version: string;
  /** How often the server pings, in whole seconds; 0: it does not. */
  readonly pingSeconds: number;
  /** Whether the client is to answer pings. */
  readonly pong: boolean;
}

export function encodeReply(reply: Reply, server: ServerInfo): string[] {
  const { id } = reply;
  // `send` has no id, and no answer.
  if (id === undefined) return [];
  switch (reply.type) {
    case 'connected':
      return [writeResult(id, 'connect', writeConnected(reply, server))];
    case 'joined':
      return [writeResult(id, 'subscribe', writeSubscription(reply.answer ?? {}))];
    case 'alreadyMember':
      return [writeTableError(id, 'alreadyJoined')];
    case 'left':
    case 'notMember':
      return [writeResult(id, 'unsubscribe', '{}')];
    case 'published':
    case 'broadcasted':
      return [`{"id":${id},"publish":{}}`];
    case 'answered':
      return [writeResult(id, 'publish', '{}'), encodeMessage(reply.data)];
    case 'called':
      return [writeCalled(id, reply.outcome)];
    case 'presence': {
      const members = reply.members.map((member) => [member.id, writeInfo(member)] as const);
      return [writeResult(id, 'presence', `{"presence":${writeEntries(members)}}`)];
    }
    case 'presenceStats': {
      const { connections, users } = reply;
      return [writeResult(id, 'presence_stats', `{"num_clients":${connections},"num_users":${users}}`)];
    }
    case 'history': {
      const publications = reply.publications.map((one) => writePublication(one, writeJson(one.data)));
      const position = `"epoch":${writeJson(reply.epoch)},"offset":${reply.offset}`;
      return [writeResult(id, 'history', `{"publications":[${publications.join(',')}],${position}}`)];
    }
    case 'refreshed':
      return [writeResult(id, 'refresh', `{${writeExpiry(reply.ttlSeconds)}}`)];
    case 'roomRefreshed':
      return [writeResult(id, 'sub_refresh', `{${writeExpiry(reply.ttlSeconds)}}`)];
    case 'unknown':
      return [writeTableError(id, 'notAvailable')];
    case 'refused':
      return [writeRefusal(id, reply.refusal)];
    case 'pong':
      // This protocol has no command `ping`.
      return [];
  }
}

/** Written out: an object of its parts would take longer to make than all the rest. */
function writeConnected(answer: ConnectAnswer, { version, pingSeconds, pong }: ServerInfo): string {
  const { client, ttlSeconds, data, rooms, session, node } = answer;
  let text = `{"client":${writeJson(client)}`;
  if (version !== '') text += `,"version":${writeJson(version)}`;
  if (ttlSeconds !== undefined) text += `,${writeExpiry(ttlSeconds)}`;
  if (data !== undefined) text += `,"data":${writeJson(data)}`;
  if (rooms !== undefined) {
    const subs = Object.entries(rooms).map(([room, joined]) => [room, writeSubscription(joined)] as const);
    if (subs.length > 0) text += `,"subs":${writeEntries(subs)}`;
  }
  if (pingSeconds > 0) text += `,"ping":${pingSeconds}`;
  if (pong && pingSeconds > 0) text += ',"pong":true';
  if (session) text += `,"session":${writeJson(session)}`;
  if (node) text += `,"node":${writeJson(node)}`;
  return `${text}}`;
}

function writeCalled(id: number, outcome: CallOutcome): string {
  return outcome.type === 'result'
    ? writeResult(id, 'rpc', `{"data":${writeExactJson(outcome.result)}}`)
    : writeError(id, outcome.code, outcome.message, outcome.temporary);
}

function writeRefusal(id: number, refusal: Refusal): string {
  const { error, message, code = ERRORS[error].code, temporary, grounds, tellsGrounds } = refusal;
  return writeError(id, code, message, temporary, tellsGrounds === true ? grounds : undefined);
}

function writeTableError(id: number, name: keyof typeof ERRORS): string {
  return writeError(id, ERRORS[name].code, ERRORS[name].message);
}

/** The codes of errors that may go away by themselves. */
const TEMPORARY = new Set<number>(
  Object.values(ERRORS)
    .filter(({ temporary }) => temporary)
    .map(({ code }) => code),
);

function writeError(
  id: number,
  code: number,
  message: string,
  isTemporary = TEMPORARY.has(code),
  data?: object,
): string {
  const temporary = isTemporary ? ',"temporary":true' : '';
  const more = data === undefined ? '' : `,"data":${JSON.stringify(data)}`;
  return mendEscapes(
    `{"id":${id},"error":{"code":${code},"message":${writeJson(message)}${temporary}${more}}}`,
  );
}

function writeResult(id: number, name: string, result: string): string {
  return mendEscapes(`{"id":${id},"${name}":${result}}`);
}
