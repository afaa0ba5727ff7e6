/** The server as a user of the library sees it. What the calls do is done by rooms, the control and the machine. */

import type { Answer } from '../actors/room/ports.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Health } from '../http/health-route.ts';
import type { Selection } from '../broker/control/control.ts';
import type { DisconnectRequest, Operations } from '../operations/operations.ts';
import type { CallStatistics } from '../platform/statistics/call-statistics.ts';
import type { ActorStates } from './actor-states.ts';
import { createRefusal, type Refusal } from '../protocol/errors.ts';
import { RefusedError } from './refused-error.ts';
import type { RpcOf, ServantDefinitions } from './servants/rpc.ts';
import type { ServerLife } from './server-life.ts';
import type { StatecastServer } from './server-options.ts';
import { closeParts, type SharedParts } from './nodes/shared-parts.ts';

export interface FacadeInput<All extends ServantDefinitions> {
  readonly settings: StatecastServer['settings'];
  readonly rpc: RpcOf<All>;
  readonly life: ServerLife;
  readonly operations: Operations;
  readonly shared: SharedParts;
  readonly health: () => Health;
  readonly states: () => ActorStates;
  readonly events: EventBus;
  readonly callStatistics: CallStatistics;
}

export function createFacade<All extends ServantDefinitions>(input: FacadeInput<All>): StatecastServer<All> {
  const { settings, rpc, life, operations, shared, health, states, events, callStatistics } = input;

  function disconnect(
    who: string | Selection,
    given: string | DisconnectRequest = {},
  ): boolean | Promise<boolean> {
    const request = typeof given === 'string' ? { reason: given } : given;
    return expect(operations.disconnect(toSelection(who), request), isFound);
  }

  return {
    settings,
    rpc,
    callStatistics,
    listen: () => life.listen(),
    close: () => life.close(() => closeParts(shared)),
    publish: async (room, data) => expect(operations.publish(room, data), asItIs),
    broadcast: async (data) => expect(operations.broadcast(data), toNothing),
    history: async (room, query) => expect(operations.history(room, query), asItIs),
    members: async (room) => expect(operations.members(room), ({ members }) => [...members]),
    mute: (room) => expect(operations.mute(room), toNothing),
    unmute: (room) => expect(operations.unmute(room), toNothing),
    mutedRooms: () => expect(operations.mutedRooms(), ({ rooms }) => [...rooms]),
    kick: (room, id, reason) =>
      room === '' ? disconnect(id, reason) : expect(operations.kick(room, id, reason), isFound),
    send(to, data) {
      checkReceiver(to);
      return expect(operations.send(to, data), isFound);
    },
    disconnect,
    subscribe: (who, room, request) => expect(operations.subscribe(toSelection(who), room, request), isFound),
    unsubscribe: (who, room, ending) =>
      expect(operations.unsubscribe(toSelection(who), room, ending), isFound),
    refresh: (who, changes) => expect(operations.refresh(toSelection(who), changes), isFound),
    revoke: async (what, until) => expect(operations.revoke(what, until && Number(until)), toNothing),
    unrevoke: async (what) => expect(operations.unrevoke(what), isFound),
    revocations: () => expect(operations.revocations(), ({ revocations }) => [...revocations]),
    invalidate: (who, room) => expect(operations.invalidate(toSelection(who), room), isFound),
    closeRoom: (room, reason) => expect(operations.closeRoom(room, reason), isFound),
    rooms: (pattern) => expect(operations.rooms(pattern), ({ rooms }) => [...rooms]),
    removeHistory: async (room) => expect(operations.removeHistory(room), toNothing),
    presence: async (room) => expect(operations.presence(room), ({ members }) => [...members]),
    presenceStats: async (room) => expect(operations.presenceStats(room), asItIs),
    info: async () => expect(operations.info(), ({ nodes }) => [...nodes]),
    setPresence: async (room, member, ttlMs) =>
      expect(operations.setPresence(room, member, ttlMs), ({ id }) => id),
    removePresence: (room, id) => expect(operations.removePresence(room, id), isFound),
    explain: async (query, most) => expect(operations.problems(query, most), asItIs),
    watch: async (room, listener) => expect(operations.watch(room, listener), asItIs),
    health,
    states,
    on: (name, listener) => events.on(name, listener),
    once: (name, listener) => events.once(name, listener),
    off: (name, listener) => events.off(name, listener),
  };
}

/** A text is the id of a connection. */
function toSelection(who: string | Selection): Selection {
  return typeof who === 'string' ? { connection: who } : who;
}

/** Programs in plain JavaScript may give anything. */
function checkReceiver(to: unknown): void {
  const { connection, user } = Object(to) as { connection?: unknown; user?: unknown };
  if (typeof (user ?? connection) === 'string') return;
  throw new RefusedError(
    createRefusal('badRequest', 'the receiver must be { connection: id } or { user: name }'),
  );
}

/**
 * The result of an operation, at once where it is there.
 * @throws {RefusedError} when the operation is refused.
 */
function expect<Value extends object, Result>(
  asked: Answer<Value>,
  read: (value: Value) => Result,
): Result | Promise<Result> {
  const toResult = (value: Value | { readonly refusal: Refusal }): Result => {
    if ('refusal' in value) throw new RefusedError(value.refusal);
    return read(value);
  };
  return asked instanceof Promise ? asked.then(toResult) : toResult(asked);
}

function asItIs<Value>(value: Value): Value {
  return value;
}

function isFound({ found }: { readonly found: boolean }): boolean {
  return found;
}

function toNothing(): void {}
