/** What stands before a broadcast of a client: the rule, the rate, and the handler of the server's owner. */

import type { Clock } from '../system/clock.ts';
import type { EventSink } from '../events/server-events.ts';
import type { Json, MemberInfo } from '../protocol/command.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import { startModeration, type Moderations } from './room/moderation.ts';
import type { Publisher } from './room/ports.ts';
import { RateMeter } from '../system/rate-meter.ts';
import { toHandlerMember, type HandlerMember, type MessageVerdict } from './room/room-options.ts';
import { toVerdict } from './room/verdicts.ts';
import { SERVER } from './runtime/sender.ts';
import type { Machines } from './machines.ts';

/** Who of the clients may send to every open socket. */
export type BroadcastRule = 'anyone' | 'users' | 'nobody';

export interface BroadcastsInput {
  readonly rule: BroadcastRule;
  /** Broadcasts of all clients together that are taken a second. */
  readonly perSecond: number;
  /** Asked before each broadcast of a client. */
  readonly onBroadcast:
    | ((broadcast: BroadcastContext) => MessageVerdict | void | Promise<MessageVerdict | void>)
    | undefined;
  /** Deadline of the handler, in milliseconds. */
  readonly handlerMs: number;
  readonly messageBytes: number;
  readonly machine: Machines['moderation'];
  readonly clock: Clock;
  readonly events: EventSink;
  /** Sends a message to every connection. */
  readonly send: (data: Json, publisher: Publisher) => void;
}

/** What the handler is told. */
export interface BroadcastContext {
  readonly data: Json;
  readonly member: HandlerMember;
  /** Aborted when the deadline passes or the client is gone. */
  readonly signal: AbortSignal;
}

/** Returns what takes the broadcasts of clients and of the server itself, which may always broadcast. */
export function createBroadcasts(input: BroadcastsInput): (data: Json, publisher: Publisher) => void {
  const { rule, perSecond, onBroadcast, clock, events, send } = input;
  const meter = new RateMeter(perSecond, clock.monotonic());
  const moderations: Moderations = new Map();
  let judged = 0;

  function refuse(member: MemberInfo): Refusal | undefined {
    if (rule === 'nobody' || (rule === 'users' && member.user === undefined)) {
      return createRefusal('permissionDenied', 'you may not broadcast');
    }
    if (meter.allows(clock.monotonic())) return undefined;
    return createRefusal('tooManyRequests', `the server takes ${perSecond} broadcasts a second`);
  }

  function moderate(data: Json, member: MemberInfo, publisher: Publisher): void {
    judged += 1;
    const { handlerMs, messageBytes, machine } = input;
    startModeration(
      machine,
      `broadcast-${judged}`,
      {
        room: undefined,
        data,
        member,
        publisher,
        handler: 'onBroadcast',
        judge: async (signal) => {
          const told = { data, member: toHandlerMember(member, publisher.data), signal };
          return toVerdict(await onBroadcast?.(told), messageBytes, 'onBroadcast');
        },
        handlerMs,
        clear: (cleared) => send(cleared, publisher),
        events,
      },
      moderations,
      clock,
    );
  }

  return (data, publisher) => {
    const { member } = publisher;
    if (member === undefined) {
      send(data, publisher);
      return;
    }
    const refusal = refuse(member);
    if (refusal !== undefined) {
      publisher.settle({ type: 'refused', refusal }, SERVER);
      return;
    }
    meter.spend();
    if (onBroadcast === undefined) send(data, publisher);
    else moderate(data, member, publisher);
  };
}
