/** What a connection does about a client that asks for too much in a second; when it does so is the chart's (connection.ts). */

import { because, createRefusal } from '../../protocol/errors.ts';
import { groundsOf } from '../runtime/grounds.ts';
import { send } from '../runtime/send.ts';
import { refuseCall } from './call-effects.ts';
import type { CommandOf } from './connection-events.ts';
import { noteRefused } from './noting.ts';
import type { RateKind } from './rates.ts';
import { refuse, type ActingArgs } from './refusing.ts';

/** The commands that have a rate. */
export type Rated = CommandOf<
  'room.join' | 'room.publish' | 'room.call' | 'server.broadcast' | 'server.call' | 'server.message'
>;

/** Which rate a command is over. */
export interface OverRate {
  readonly command: Rated;
  readonly kind: RateKind;
}

const ACTION = 'refuseOverRate';

/** A message to the server has no answer: it is dropped. */
export function refuseOverRate(args: ActingArgs, { command, kind }: OverRate): void {
  const { context, self, event } = args;
  const { rates } = context;
  const over = rates?.isOver('bytes') === true ? 'bytes' : kind;
  const rule = rates?.rules[over];
  if (rates === undefined || rule === undefined) return;
  const { limit, what } = rule;
  const refusal = createRefusal(
    'tooManyRequests',
    `this connection may have ${limit.value} ${what} a second`,
  );
  switch (command.type) {
    case 'room.call':
    case 'server.call':
      refuseCall(args, ACTION, command, limit);
      break;
    case 'server.message':
      noteRefused(context, because(refusal, groundsOf(self, event, ACTION, limit)), undefined, 'dropped');
      break;
    case 'room.join':
    case 'room.publish':
    case 'server.broadcast':
      refuse(args, ACTION, command, refusal, limit);
  }
  if (rates.noteRefused(over)) send(self, { type: 'client.flooding' }, self);
}
