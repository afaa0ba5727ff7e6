/**
 * A connection as rooms know it: who it is, where facts about it go, and who publishes. One object for each
 * connection, without closures, since there are many of them. What may happen when is the connection's chart.
 */

import type { MemberInfo, Reply } from '../../protocol/command.ts';
import type { CommandDesk } from './command-queue.ts';
import type { ConnectionPort, Subscriber, Publisher, PublishOutcome, RoomFact } from '../room/ports.ts';

/** What a voice tells its connection. */
export interface VoiceListener {
  send(event: RoomFact | { readonly type: 'command.settled' }): void;
}

export class ConnectionVoice implements Subscriber, Publisher {
  readonly member: MemberInfo;
  readonly port: ConnectionPort;
  readonly #desk: CommandDesk;
  readonly #connection: VoiceListener;

  constructor(member: MemberInfo, port: ConnectionPort, desk: CommandDesk, connection: VoiceListener) {
    this.member = member;
    this.port = port;
    this.#desk = desk;
    this.#connection = connection;
  }

  send(fact: RoomFact): void {
    this.#connection.send(fact);
  }

  settle(outcome: PublishOutcome): void {
    const phase = this.#desk.settle();
    if (phase === 'idle') return;
    this.port.reply(toReply(outcome));
    if (phase === 'awaiting') this.#connection.send({ type: 'command.settled' });
  }

  onGone(callback: () => void): void {
    this.#desk.onAbandon(callback);
  }
}

const PUBLISHED: Reply = { type: 'published' };
const BROADCASTED: Reply = { type: 'broadcasted' };

function toReply(outcome: PublishOutcome): Reply {
  switch (outcome.type) {
    case 'published':
    case 'dropped':
      return PUBLISHED;
    case 'broadcasted':
      return BROADCASTED;
    case 'answered':
      return { type: 'answered', data: outcome.data };
    case 'refused':
      return { type: 'refused', refusal: outcome.refusal };
  }
}
