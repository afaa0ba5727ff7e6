/** What a connection keeps at its beginning. */

import { CommandQueue, type CommandTaker } from './command-queue.ts';
import type { ConnectionContext, ConnectionInput, Greeting } from './connection-events.ts';
import { ConnectionRates } from './rates.ts';
import { Seats } from './seats.ts';
import { ConnectionSubscriber, type FactReceiver } from './subscriber.ts';
import type { UnderWay } from './under-way.ts';

/** A connection at its beginning; `self` is its own actor. */
export function createConnectionContext(
  input: ConnectionInput,
  self: CommandTaker & FactReceiver,
): ConnectionContext {
  const { member, port, limits, authenticator, questions, handshake } = input;
  const underWay: UnderWay[] = [];
  const rules = input.rateRules;
  const rates = rules && new ConnectionRates(rules, input.clock);
  const queue = new CommandQueue(self, underWay, limits.receiveQueueBytes, port.pace);
  // Written out: with a spread, each of these objects would take a third more memory.
  return {
    member,
    identity: undefined,
    resumes: undefined,
    greeting: beginGreeting(input),
    remoteAddress: input.remoteAddress,
    port,
    protocol: input.protocol,
    rooms: input.rooms,
    queries: input.queries,
    application: input.application,
    authenticator,
    questions,
    revocations: input.revocations,
    limits,
    rateRules: rules,
    rates,
    messageRates: rules?.messages === undefined && rules?.bytes === undefined ? undefined : rates,
    pings: input.pings,
    events: input.events,
    clock: input.clock,
    wheel: input.wheel,
    awayIn: input.awayIn,
    awayElsewhere: input.awayElsewhere,
    countConnections: input.countConnections,
    onIdentified: input.onIdentified,
    emulation: input.emulation,
    queue,
    underWay,
    joined: new Set(),
    seats: new Seats(),
    subscriber: new ConnectionSubscriber(
      member,
      port,
      queue,
      self,
      authenticator,
      input.revocations,
      input.protocol.readsStreams === true,
      handshake && questions?.describe(handshake),
    ),
    calls: 0,
    gone: undefined,
    deadline: undefined,
    expiry: undefined,
    liveness: undefined,
    pingedAt: 0,
    closedWith: undefined,
    closedFor: undefined,
  };
}

const NO_REQUEST = {};

/** Undefined where the client has said everything with its handshake, and is believed. */
function beginGreeting({ protocol, authenticator, handshake }: ConnectionInput): Greeting | undefined {
  if (protocol.greeting === 'handshake' && authenticator === undefined) return undefined;
  return { handshake, id: undefined, request: NO_REQUEST, entered: undefined, asking: undefined };
}
