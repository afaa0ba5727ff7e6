/**
 * A connection as rooms know it, and one of its messages as the room knows its publisher. They hand facts and answers on;
 * what may happen when is the connection's chart. Both are classes: there are many of them, and closures cost more.
 */

import type { MemberInfo, Reply } from '../../protocol/command.ts';
import type { ClientFacts } from '../backend/asking.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type {
  ConnectionPort,
  CustomClose,
  ProofOutcome,
  Publisher,
  PublishOutcome,
  RoomFact,
  RoomGrant,
  Subscriber,
} from '../room/ports.ts';
import { send } from '../runtime/send.ts';
import type { ActorSender, Sender } from '../runtime/sender.ts';
import type { RevocationCheck, RevokedClose } from '../room/rules/revocation-check.ts';
import type { Authenticator } from './authenticator.ts';
import type { CommandQueue } from './command-queue.ts';
import { noteRefused, type Noted } from './noting.ts';
import { endCommand, type PublishUnderWay, type UnderWay } from './under-way.ts';

/** The connection's actor, as facts and answers reach it. */
export interface FactReceiver extends ActorSender {
  send(
    event:
      | RoomFact
      | { readonly type: 'command.settled' }
      | { readonly type: 'backend.closed'; readonly close: CustomClose },
  ): void;
  getSnapshot(): { readonly context: Noted };
}

const NO_TOKENS = createRefusal('permissionDenied', 'this server takes no tokens');

/** The rooms' side of a connection. */
export class ConnectionSubscriber implements Subscriber {
  /** Known for good when the client has said who it is. */
  member: MemberInfo;
  data: unknown = undefined;
  facts: ClientFacts | undefined;
  readonly port: ConnectionPort;
  readonly readsStreams: boolean;
  readonly sender: FactReceiver;
  readonly #queue: CommandQueue;
  readonly #authenticator: Authenticator | undefined;
  readonly #revocations: RevocationCheck;

  constructor(
    member: MemberInfo,
    port: ConnectionPort,
    queue: CommandQueue,
    connection: FactReceiver,
    authenticator: Authenticator | undefined,
    revocations: RevocationCheck,
    readsStreams: boolean,
    facts: ClientFacts | undefined,
  ) {
    this.member = member;
    this.port = port;
    this.readsStreams = readsStreams;
    this.#queue = queue;
    this.sender = connection;
    this.#authenticator = authenticator;
    this.facts = facts;
    this.#revocations = revocations;
  }

  async prove(room: string, token: string): Promise<ProofOutcome> {
    if (this.#authenticator === undefined) return { type: 'refused', refusal: NO_TOKENS };
    const outcome = await this.#authenticator.prove(room, token, this.member);
    if (outcome.type === 'refused') return outcome;
    const revoked = this.#findRevocation(outcome.grant);
    if (revoked === undefined) return outcome;
    const refusal =
      revoked === 'internal'
        ? createRefusal('internal')
        : createRefusal('permissionDenied', `the token for ${room} is not valid`);
    return { type: 'refused', refusal };
  }

  /** Whether what lets the client into a room is not believed any more. */
  isRevoked(grant: RoomGrant | undefined): boolean {
    return this.#findRevocation(grant) !== undefined;
  }

  #findRevocation(grant: RoomGrant | undefined): RevokedClose | undefined {
    if (grant?.token === undefined) return undefined;
    return this.#revocations.check(this.member.user, grant.token);
  }

  /** A fact may be the answer to a command: later ones may go then. After a join they wait for {@link goOn}. */
  send(fact: RoomFact, from: Sender): void {
    send(this.sender, fact, from);
    if (fact.type !== 'room.joined') this.goOn();
  }

  goOn(): void {
    this.#queue.resume();
  }

  settled(from: Sender): void {
    send(this.sender, { type: 'command.settled' }, from);
    this.#queue.resume();
  }
}

/** A message or a broadcast of the connection, until it is answered. */
export class PublishCommand implements Publisher, PublishUnderWay {
  readonly type = 'publish';
  readonly member: MemberInfo;
  private readonly subscriber: ConnectionSubscriber;
  private readonly id: number | undefined;
  /** Absent for a broadcast. */
  private readonly room: string | undefined;
  /** What the connection owes an answer to; this command is in it when it was not answered in its own turn. */
  private readonly underWay: UnderWay[];
  private gone: (() => void) | undefined;
  isAnswered = false;

  constructor(subscriber: ConnectionSubscriber, underWay: UnderWay[], id: number | undefined, room?: string) {
    this.member = subscriber.member;
    this.room = room;
    this.subscriber = subscriber;
    this.underWay = underWay;
    this.id = id;
  }

  get data(): unknown {
    return this.subscriber.data;
  }

  get facts(): ClientFacts | undefined {
    return this.subscriber.facts;
  }

  get sender(): FactReceiver {
    return this.subscriber.sender;
  }

  /** Answers the client, once: a second answer is ignored. */
  settle(outcome: PublishOutcome, from: Sender): void {
    if (this.isAnswered) return;
    this.isAnswered = true;
    const { id } = this;
    if (outcome.type === 'refused')
      noteRefused(this.sender.getSnapshot().context, outcome.refusal, this.room);
    this.subscriber.port.reply(
      outcome.type === 'published' && id !== undefined
        ? { type: 'published', id }
        : withId(toReply(outcome), id),
    );
    if (this.underWay.length > 0) this.endWait(from);
    if (outcome.type === 'refused' && outcome.close !== undefined) {
      send(this.subscriber.sender, { type: 'backend.closed', close: outcome.close }, from);
    }
  }

  onGone(callback: () => void): void {
    this.gone = callback;
  }

  /** The connection is gone: nobody waits for the answer. */
  abandon(): void {
    this.gone?.();
  }

  private endWait(from: Sender): void {
    if (endCommand(this.underWay, this)) this.subscriber.settled(from);
  }
}

/** The reply to the command with this id. A reply without an id is not copied. */
export function withId(reply: Reply, id: number | undefined): Reply {
  return id === undefined ? reply : { ...reply, id };
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
