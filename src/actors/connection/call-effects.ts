/** What a connection does with calls, questions and messages; when it does so is the chart's (connection.ts). */

import type { Json, Reply } from '../../protocol/command.ts';
import type { Refusal } from '../../protocol/errors.ts';
import type { ExactJson } from '../../protocol/json/exact-json.ts';
import type { ReachedLimit } from '../../protocol/grounds.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import type { Answer, ServerCallOutcome } from '../room/ports.ts';
import type { Asker } from '../room/rules/rules.ts';
import { toHandlerMember } from '../room/room-options.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import type {
  AnsweredCall,
  Asked,
  CommandOf,
  ConnectionArgs,
  ConnectionContext,
  InRoom,
} from './connection-events.ts';
import { noteCall, noteRefused } from './noting.ts';
import type { ActingArgs } from './refusing.ts';
import { spendBroadcast, spendMessage } from './rate-checks.ts';
import { goneOf, toQuestionAsker } from './renewal-effects.ts';
import { answer, keepOrder } from './room-effects.ts';
import { PublishCommand, withId } from './subscriber.ts';

/** A call that a client asks for; without a room, it is of the server. */
export interface CallAsked extends Asked {
  readonly room?: string;
  readonly method: string;
  readonly callId?: ExactJson | undefined;
}

export function broadcast(
  { context, self }: ConnectionArgs,
  { id, data }: Asked & { readonly data: Json },
): void {
  spendBroadcast(context);
  const command = new PublishCommand(context.subscriber, context.underWay, id);
  context.rooms.broadcast(data, command);
  if (command.isAnswered) return;
  context.underWay.push(command);
  keepOrder(context, self);
}

export function call(
  { context, self }: ConnectionArgs,
  { id, room, method, args, callId }: CommandOf<'room.call'>,
): void {
  spendMessage(context);
  context.calls += 1;
  context.rooms.call(room, method, args, {
    member: context.member,
    data: context.subscriber.data,
    sender: self,
    settle: (outcome, from) => send(self, { type: 'call.answered', id, room, method, outcome, callId }, from),
  });
}

export function callServer(args: ConnectionArgs, { id, method, data }: CommandOf<'server.call'>): void {
  const { context, self } = args;
  spendMessage(context);
  const { application, member, subscriber } = context;
  const called = application.call(
    method,
    data,
    toHandlerMember(member, subscriber.data),
    toQuestionAsker(args),
    () => goneOf(context),
  );
  const settle = (outcome: ServerCallOutcome): void =>
    outcome.type === 'closed'
      ? send(self, { type: 'backend.closed', close: outcome.close }, 'library')
      : send(self, { type: 'call.answered', id, method, outcome }, 'library');
  if (!(called instanceof Promise) && called.type !== 'closed') {
    tellOutcome(context, { id, method, outcome: called });
    return;
  }
  context.calls += 1;
  void Promise.resolve(called).then(settle);
}

export function refuseMoreCalls(args: ActingArgs, asked: CallAsked): void {
  refuseCall(args, 'refuseMoreCalls', asked, callLimit(args.context));
}

/** Refuses one call too many by an action of the chart. */
export function refuseCall(
  { context, self, event }: ActingArgs,
  action: string,
  { id, room, method, callId }: CallAsked,
  limit: ReachedLimit,
): void {
  const grounds = groundsOf(self, event, action, limit);
  tellOutcome(context, { id, room, method, callId, outcome: { ...failCall('tooMany'), grounds } });
}

export function callLimit({ limits, calls }: ConnectionContext): ReachedLimit {
  return { name: 'limits.callsPerConnection', value: limits.callsPerConnection, actual: calls + 1 };
}

export function answerCall({ context }: ConnectionArgs, answered: AnsweredCall): void {
  context.calls -= 1;
  tellOutcome(context, answered);
}

/** Tells the client of a call that has an outcome, and operators of one that has failed. */
function tellOutcome(context: ConnectionContext, { id, room, method, outcome, callId }: AnsweredCall): void {
  noteCall(context, outcome, method, room);
  answer(context, id, { type: 'called', method, outcome, callId });
}

export function takeMessage({ context }: ConnectionArgs, { data }: CommandOf<'server.message'>): void {
  spendMessage(context);
  const { application, member, subscriber } = context;
  application.take(data, toHandlerMember(member, subscriber.data));
}

export function askPresence(args: ConnectionArgs, asked: CommandOf<'room.presence'>): void {
  const { queries } = args.context;
  const { room } = asked;
  question(args, asked, queries.presence(room, toAsker(args.context, room)), ({ members }) => ({
    type: 'presence',
    members,
  }));
}

export function askPresenceStats(args: ConnectionArgs, asked: CommandOf<'room.presenceStats'>): void {
  const { queries } = args.context;
  const { room } = asked;
  question(
    args,
    asked,
    queries.presenceStats(room, toAsker(args.context, room)),
    ({ connections, users }) => ({
      type: 'presenceStats',
      connections,
      users,
    }),
  );
}

export function askHistory(args: ConnectionArgs, asked: CommandOf<'room.history'>): void {
  const { queries } = args.context;
  const { room, query } = asked;
  question(args, asked, queries.history(room, query, toAsker(args.context, room)), (page) => ({
    type: 'history',
    ...page,
  }));
}

/** The connection as the rules of a room look at it. */
function toAsker({ member, joined, seats }: ConnectionContext, room: string): Asker {
  const seat = joined.has(room) ? { isGranted: seats.get(room)?.grant !== undefined } : undefined;
  return { member, seat };
}

export function answerQuery({ context }: ConnectionArgs, { reply }: { readonly reply: Reply }): void {
  context.calls -= 1;
  context.port.reply(reply);
}

function question<Value extends object>(
  { context, self }: ConnectionArgs,
  { id, room }: InRoom,
  asked: Answer<Value>,
  toReply: (value: Value) => Reply,
): void {
  const reply = (value: Value | { readonly refusal: Refusal }): Reply => {
    if (!('refusal' in value)) return withId(toReply(value), id);
    return withId({ type: 'refused', refusal: noteRefused(context, value.refusal, room) }, id);
  };
  if (!(asked instanceof Promise)) {
    context.port.reply(reply(asked));
    return;
  }
  context.calls += 1;
  void asked.then((value) => send(self, { type: 'query.answered', reply: reply(value) }, 'library'));
}
