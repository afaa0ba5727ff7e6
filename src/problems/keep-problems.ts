/** Keeps the problems of a server: those that are told as such, and what its other events say. */

import { inspect } from 'node:util';
import type { EventBus } from '../events/event-bus.ts';
import { whoIs, type Problem, type ShownError } from '../events/problem.ts';
import type { ServerEventName, ServerEvents } from '../events/server-events.ts';
import { RPC_ERRORS } from '../protocol/rpc-errors.ts';
import type { ProblemLog } from './problem-log.ts';

type Reader = (event: unknown) => Problem | undefined;

/** The problem of an event; undefined where it tells of none. */
type Readers = { [Name in ServerEventName]?: (event: ServerEvents[Name]) => Problem | undefined };

const READERS: Readers = {
  'problem.noted': (problem) => problem,
  'server.full': ({ limit, refused }) => ({
    kind: 'refused',
    reason: 'the server has as many connections as it takes',
    event: 'handshake',
    code: 503,
    limit: { name: 'limits.connections', value: limit, actual: limit + refused },
  }),
  'connection.failed': ({ id, error }) => ({
    kind: 'failed',
    reason: 'the machine of a connection failed, and it is closed',
    machine: 'connection',
    client: id,
    ...show(error),
  }),
  'room.failed': ({ room, error, outcome }) => ({
    kind: outcome === 'restarting' ? 'restarted' : 'closed',
    reason:
      outcome === 'restarting'
        ? 'the machine of a room failed, and is started again'
        : 'the machine of a room failed too often, and the room is closed',
    machine: 'room',
    room,
    ...show(error),
  }),
  'member.failed': ({ room, member, error }) => ({
    kind: 'failed',
    reason: 'the machine of a membership failed, and it ends',
    machine: 'membership',
    room,
    ...whoIs(member),
    ...show(error),
  }),
  'message.failed': ({ room, error }) => ({
    kind: 'failed',
    reason: 'a message could not be delivered',
    handler: 'broker',
    ...(room !== undefined && { room }),
    ...show(error),
  }),
  'handler.failed': ({ room, handler, error }) => ({
    kind: 'failed',
    reason: `${handler} failed or was late`,
    handler,
    ...(room !== undefined && { room }),
    ...show(error),
  }),
  'question.failed': ({ question, backend, connection, room, error }) => ({
    kind: 'failed',
    reason: `a backend did not answer the question ${question}`,
    machine: 'question',
    handler: question,
    target: backend,
    client: connection,
    ...(room !== undefined && { room }),
    ...show(error),
  }),
  'backend.circuit': ({ backend, circuit }) => toCircuit('backend', backend, circuit),
  'backend.failed': ({ backend, error }) => ({
    kind: 'restarted',
    reason: 'the machine of a backend failed, and is started again with the next question',
    machine: 'backend',
    target: backend,
    ...show(error),
  }),
  'servant.circuit': ({ servant, circuit }) => toCircuit('tarsProxy', servant, circuit),
  'servant.endpoint': ({ servant, endpoint, circuit }) =>
    toCircuit('tarsProxy', `${servant} ${endpoint}`, circuit),
  'servant.unreachable': ({ servant, error }) => ({
    kind: 'failed',
    reason: 'a servant cannot be connected',
    machine: 'tarsProxy',
    target: servant,
    ...show(error),
  }),
  'registry.failed': ({ object, error }) => ({
    kind: 'failed',
    reason: 'the TARS registry does not tell the endpoints of an object',
    target: object,
    ...show(error),
  }),
  'rpc.failed': ({ servant, func, failure, error }) => ({
    kind: 'failed',
    reason: RPC_ERRORS[failure].message,
    machine: 'tarsProxy',
    code: RPC_ERRORS[failure].code,
    target: `${servant}.${func}`,
    ...show(error),
  }),
  'access.refused': ({ to, remoteAddress, key, method }) => ({
    kind: 'refused',
    reason:
      key === undefined
        ? `a key, a token or a secret for ${to} is wrong`
        : `the key ${key} does not allow it`,
    event: method ?? 'request',
    target: to,
    ...(remoteAddress !== undefined && { address: remoteAddress }),
  }),
  'control.used': ({ act, target, room, remoteAddress, outcome }) =>
    outcome === 'done'
      ? undefined
      : {
          kind: outcome,
          reason: `the inspector could not do ${act}`,
          event: act,
          target,
          address: remoteAddress,
          ...(room !== undefined && { room }),
        },
  'store.failed': ({ room, error, setAside }) => ({
    kind: 'failed',
    reason:
      setAside === undefined
        ? 'the store refused changes, or does not answer'
        : `what the store could not read was set aside: ${setAside}`,
    handler: 'store',
    ...(room !== undefined && { room }),
    ...show(error),
  }),
  'store.dropped': ({ room, changes }) => ({
    kind: 'dropped',
    reason: `the server ends, and ${changes} changes of a room are not stored`,
    handler: 'store',
    room,
  }),
  'part.failed': (event) => ({
    kind: 'failed',
    reason: `the ${event.part} failed`,
    handler: event.part,
    ...('room' in event && { room: event.room }),
    ...show(event.error),
  }),
  'redis.failed': ({ address, error }) => ({
    kind: 'failed',
    reason: 'a server of Redis cannot be used, or does not answer',
    machine: 'redisLink',
    target: address,
    ...show(error),
  }),
  'webhook.failed': ({ webhook, error }) => ({
    kind: 'failed',
    reason: 'a webhook is not taken, or its outbox cannot be used',
    machine: 'delivery',
    target: webhook,
    ...show(error),
  }),
  'webhook.dropped': ({ webhook, count, reason }) => ({
    kind: 'dropped',
    reason: `${count} events of a webhook are lost: the outbox is ${reason}`,
    machine: 'delivery',
    target: webhook,
  }),
};

export function keepProblems(events: Pick<EventBus, 'on'>, log: Pick<ProblemLog, 'add'>): void {
  for (const [name, read] of Object.entries(READERS) as [ServerEventName, Reader][]) {
    events.on(name, (event) => {
      const problem = read(event);
      if (problem !== undefined) log.add(problem);
    });
  }
}

/** A circuit that closes again is no problem. */
function toCircuit(
  machine: string,
  target: string,
  circuit: 'open' | 'halfOpen' | 'closed',
): Problem | undefined {
  if (circuit !== 'open') return undefined;
  return {
    kind: 'circuit',
    reason: 'the circuit breaker is open: it failed too often, and gets a rest',
    machine,
    target,
  };
}

function show(error: unknown): { readonly error?: ShownError } {
  if (error === undefined) return {};
  if (!(error instanceof Error)) return { error: { name: 'Error', message: inspect(error) } };
  const { name, message, stack } = error;
  return { error: { name, message, ...(stack !== undefined && { stack }) } };
}
