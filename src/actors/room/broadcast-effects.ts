/** What a room does with messages and calls; when it does so is the chart's (room.ts). */

import type { Accepted } from '../../broker/broker.ts';
import type { Json } from '../../protocol/command.ts';
import { because, createRefusal, type Refusal } from '../../protocol/errors.ts';
import type { ReachedLimit } from '../../protocol/grounds.ts';
import { failCall } from '../../protocol/rpc-errors.ts';
import { groundsOf } from '../runtime/grounds.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';
import { judgeMessage } from './judging.ts';
import { startModeration, type ClearedOptions, type ModerationInput } from './moderation.ts';
import type { Publisher, RpcRequester } from './ports.ts';
import type { RoomArgs, RoomContext, RoomEventArgs, RoomEventOf } from './room-events.ts';
import { toHandlerMember, type RoomOptions } from './room-options.ts';
import { refuseToPublish } from './rules/refuse-by-rules.ts';
import { readCallVerdict, toCallOutcome } from './verdicts.ts';

const PUBLISH_FAILED = createRefusal('internal', 'the message could not be published, try again later');
const SHUTTING_DOWN = createRefusal('notAvailable', 'the server is shutting down');

/**
 * Gives a message to the room's stream; the publisher is answered when the broker has accepted it. It reads the event
 * itself, as `delegate` and `answerCall` do: params from the chart cost another call for every message.
 */
export function publish({ context, event }: RoomEventArgs): void {
  const { type, data, publisher } = event as RoomEventOf<'room.publish' | 'room.cleared'>;
  const { meter } = context.record;
  if (meter !== undefined && type === 'room.publish' && publisher.member !== undefined) meter.spend();
  const said = type === 'room.cleared' ? (event as RoomEventOf<'room.cleared'>).options : undefined;
  publishAs(context, data, publisher, said);
}

/** What a room needs to publish. */
export interface PublishingRoom extends Pick<RoomContext, 'broker' | 'events'> {
  readonly record: Pick<RoomContext['record'], 'name' | 'options'>;
  readonly self: Sender;
}

/** Whether each message is judged in the room, so that its machine must run. */
export function judgesMessages({ handlers, check, questions, messagesPerSecond }: RoomOptions): boolean {
  return (
    handlers.onMessage !== undefined ||
    check !== undefined ||
    questions?.publish !== undefined ||
    messagesPerSecond !== undefined
  );
}

/** Gives a message to the stream of a room, and answers its publisher. */
export function publishAs(
  context: PublishingRoom,
  data: Json,
  publisher: Publisher,
  cleared?: ClearedOptions,
): void {
  const { broker } = context;
  const { name, options } = context.record;
  try {
    const { history, messagesPerSecond } = options;
    const { member: from } = publisher;
    const asked =
      messagesPerSecond === undefined || from === undefined
        ? { from, history }
        : { from, history, messagesPerSecond };
    const said = publisher.options ?? cleared;
    const position = broker.publish(name, data, said === undefined ? asked : { ...said, ...asked });
    if (position instanceof Promise) {
      position.then(
        (accepted) => confirm(context, data, accepted, publisher),
        (error: unknown) => failPublish(context, publisher, error),
      );
    } else {
      confirm(context, data, position, publisher);
    }
  } catch (error) {
    failPublish(context, publisher, error);
  }
}

/** Sends a message past the room's check and handler; it comes back as `room.cleared`, or its publisher is answered. */
export function moderate({ context }: RoomArgs, { data, publisher }: RoomEventOf<'room.publish'>): void {
  const { record, events, clock, machines, send } = context;
  const { name: room, options, moderations, meter } = record;
  const { member } = publisher;
  const { publish } = options.questions ?? {};
  const handlerMs = options.handlerMs + (member === undefined ? 0 : (publish?.timeoutMs ?? 0));
  if (member !== undefined) meter?.spend();
  record.judged += 1;
  const clear = (cleared: Json, from: Sender, asked?: ClearedOptions): void =>
    send({ type: 'room.cleared', data: cleared, publisher, options: asked }, from);
  const input = {
    room,
    data,
    member,
    publisher,
    handler: asksHandler(options, publisher) ? 'onMessage' : 'message',
    judge: (signal: AbortSignal, self: ActorSender) => judgeMessage(record, data, publisher, signal, self),
    handlerMs,
    clear,
    events,
  } as const;
  startModeration(machines.moderation, `${record.judged}@${room}`, input, moderations, clock);
}

/** The handler is asked about connections only. */
function asksHandler({ handlers }: RoomOptions, { member }: Publisher): boolean {
  return member !== undefined && handlers.onMessage !== undefined;
}

/** Sends a call past the room's handler; it comes back as `room.callCleared`, or its requester is answered. */
export function moderateCall(
  { context }: RoomArgs,
  { method, args, requester }: RoomEventOf<'room.call'>,
): void {
  const { record, events, clock, machines, send } = context;
  const { name: room, options, moderations } = record;
  const { handlers, handlerMs } = options;
  const { member } = requester;
  record.judged += 1;
  const input: ModerationInput = {
    room,
    data: method,
    member,
    publisher: {
      sender: requester.sender,
      settle: (outcome, from) => requester.settle(toCallOutcome(outcome), from),
    },
    handler: 'onCall',
    judge: async (signal) => {
      const asked = { room, method, args, member: toHandlerMember(member, requester.data), signal };
      return readCallVerdict(await handlers.onCall?.(asked));
    },
    handlerMs,
    clear: (_, from) => send({ type: 'room.callCleared', method, args, requester }, from),
    events,
  };
  startModeration(machines.moderation, `${record.judged}@${room}`, input, moderations, clock);
}

/** Hands a call on; it comes back as `room.called`. */
export function delegate({ context: { record, rpc, send }, event }: RoomEventArgs): void {
  const { method, args, requester } = event as RoomEventOf<'room.call' | 'room.callCleared'>;
  void rpc
    .call(method, args, { room: record.name, member: requester.member })
    .then((outcome) => send({ type: 'room.called', requester, outcome }, 'servant'));
}

export function answerCall({ context, event }: RoomEventArgs): void {
  const { requester, outcome } = event as RoomEventOf<'room.called'>;
  requester.settle(outcome, context.self);
}

export function refuseCall(
  { context: { self }, event }: RoomEventArgs,
  { requester, failure }: { readonly requester: RpcRequester; readonly failure: 'notAllowed' | 'stopping' },
): void {
  requester.settle({ ...failCall(failure), grounds: groundsOf(self, event, 'refuseCall') }, self);
}

/** Refuses a message by an action of the chart. */
function refuse(
  { context: { self }, event }: RoomEventArgs,
  action: string,
  publisher: Publisher,
  refusal: Refusal,
  limit?: ReachedLimit,
): void {
  publisher.settle(
    { type: 'refused', refusal: because(refusal, groundsOf(self, event, action, limit)) },
    self,
  );
}

export function refuseThrottled(args: RoomEventArgs, { publisher }: { readonly publisher: Publisher }): void {
  const { record } = args.context;
  refuse(args, 'refuseThrottled', publisher, refuseAsThrottled(record), rateOf(record));
}

function refuseAsThrottled({ name, options }: PublishingRoom['record']): Refusal {
  return createRefusal('tooManyRequests', `${name} takes ${options.messagesPerSecond} messages a second`);
}

function rateOf({ options }: PublishingRoom['record']): ReachedLimit {
  return { name: 'rooms.messagesPerSecond', value: options.messagesPerSecond ?? 0 };
}

export function refuseUnruled(args: RoomEventArgs, { publisher }: { readonly publisher: Publisher }): void {
  const { name, options } = args.context.record;
  refuse(args, 'refuseUnruled', publisher, refuseToPublish(options, name));
}

export function refuseAsMuted(room: string): Refusal {
  return createRefusal('permissionDenied', `${room} is muted`);
}

export function refuseMuted(args: RoomEventArgs, { publisher }: { readonly publisher: Publisher }): void {
  refuse(args, 'refuseMuted', publisher, refuseAsMuted(args.context.record.name));
}

export function refuseMessage(args: RoomEventArgs, { publisher }: { readonly publisher: Publisher }): void {
  refuse(args, 'refuseMessage', publisher, SHUTTING_DOWN);
}

export function noteMuted({ context }: RoomArgs, { muted }: { readonly muted: boolean }): void {
  context.record.muted = muted;
}

/** The event is written out: with a spread, this would cost several times as much as all the rest. */
function confirm(
  context: PublishingRoom,
  data: Json,
  { offset, epoch, isOutdated, isRepeated, isOverRate }: Accepted,
  publisher: Publisher,
): void {
  if (isOverRate === true) {
    // By all nodes together; the chart of this room has let it pass.
    const { record, self: decider } = context;
    const grounds = { machine: 'room', event: 'room.publish', limit: rateOf(record) };
    publisher.settle({ type: 'refused', refusal: because(refuseAsThrottled(record), grounds) }, decider);
    return;
  }
  const {
    record: { name: room },
    events,
    self,
  } = context;
  const { member: from } = publisher;
  // Told before the answer: who keeps what was published has it when the publisher reads that it was.
  if (isOutdated !== true && isRepeated !== true && events.isHeard('message.published')) {
    events.emit(
      'message.published',
      from === undefined ? { room, data, offset, epoch } : { room, data, offset, epoch, from },
    );
  }
  const outcome = { type: 'published', offset, epoch } as const;
  const kept = events.kept?.();
  if (kept === undefined) publisher.settle(outcome, self);
  else void kept.then(() => publisher.settle(outcome, self));
}

function failPublish({ record, events, self }: PublishingRoom, publisher: Publisher, error: unknown): void {
  events.emit('message.failed', { room: record.name, error });
  publisher.settle({ type: 'refused', refusal: PUBLISH_FAILED }, self);
}
