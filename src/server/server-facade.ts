/** The server as a user of the library sees it. What the calls do is done by rooms, the control and the machine. */

import type { PublishOutcome, Publisher } from '../actors/room/ports.ts';
import { SupervisedRoom } from '../actors/room/supervised-room.ts';
import type { Rooms } from '../actors/rooms.ts';
import type { Survey } from '../broker/control/control.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { Health } from '../http/health-route.ts';
import type { CallStatistics } from '../platform/statistics/call-statistics.ts';
import type { RoomCount } from './nodes/control-node.ts';
import type { ActorStates } from './actor-states.ts';
import { createRefusal } from '../protocol/errors.ts';
import { refuseMessage } from '../protocol/limits.ts';
import { RefusedError } from './refused-error.ts';
import type { RpcOf, ServantDefinitions } from './servants/rpc.ts';
import type { ServerLife } from './server-life.ts';
import type { RoomMembers, StatecastServer } from './server-options.ts';
import { closeParts, type SharedParts } from './nodes/shared-parts.ts';

/** How long other nodes may take to tell which rooms they have. */
const SURVEY_MS = 2_000;

export interface FacadeInput<All extends ServantDefinitions> {
  readonly settings: StatecastServer['settings'];
  readonly rpc: RpcOf<All>;
  readonly life: ServerLife;
  readonly rooms: Rooms;
  readonly shared: SharedParts;
  readonly health: () => Health;
  readonly states: () => ActorStates;
  readonly events: EventBus;
  readonly callStatistics: CallStatistics;
}

export function createFacade<All extends ServantDefinitions>(input: FacadeInput<All>): StatecastServer<All> {
  const { settings, rpc, life, rooms, shared, health, states, events, callStatistics } = input;
  const { control } = shared;

  /** The room is opened here before the other nodes are told, so that a bad name is refused in any case. */
  function setMuted(room: string, type: 'mute' | 'unmute'): void | Promise<void> {
    const opened = rooms.open(room);
    if (!(opened instanceof SupervisedRoom)) throw new RefusedError(opened);
    const done = control.order({ type, room });
    return done instanceof Promise ? done.then(() => undefined) : undefined;
  }

  function disconnect(id: string, reason?: string): boolean | Promise<boolean> {
    const told = reason === undefined || reason === '' ? {} : { reason };
    return control.order({ type: 'disconnect', connection: id, ...told });
  }

  return {
    settings,
    rpc,
    callStatistics,
    listen: () => life.listen(),
    close: () => life.close(() => closeParts(shared)),
    async publish(room, data) {
      const outcome = await settled((publisher) => rooms.publish(room, data, publisher));
      if (outcome.type !== 'published') throw new Error(`a publication ended as ${outcome.type}`);
      return { offset: outcome.offset, epoch: outcome.epoch };
    },
    async broadcast(data) {
      await settled((publisher) => rooms.broadcast(data, publisher));
    },
    async history(room, query) {
      const history = await rooms.history(room, query);
      if ('error' in history) throw new RefusedError(history);
      return history;
    },
    async members(room) {
      const members = await rooms.members(room);
      if (Array.isArray(members)) return members;
      throw new RefusedError(members);
    },
    mute: (room) => setMuted(room, 'mute'),
    unmute: (room) => setMuted(room, 'unmute'),
    kick: (room, id, reason) =>
      room === '' ? disconnect(id, reason) : control.order({ type: 'kick', room, connection: id, reason }),
    send(to, data) {
      const refusal = refuseMessage(data, settings.limits);
      if (refusal !== undefined) throw new RefusedError(refusal);
      checkReceiver(to);
      return control.order(
        'user' in to
          ? { type: 'tellUser', user: to.user, data }
          : { type: 'tell', connection: to.connection, data },
      );
    },
    disconnect,
    closeRoom: (room, reason) => control.order({ type: 'close', room, reason }),
    rooms() {
      const survey = control.survey({ type: 'rooms' }, SURVEY_MS);
      return survey instanceof Promise ? survey.then(sumUp) : sumUp(survey);
    },
    health,
    states,
    on: (name, listener) => events.on(name, listener),
    once: (name, listener) => events.once(name, listener),
    off: (name, listener) => events.off(name, listener),
  };
}

/** Programs in plain JavaScript may give anything. */
function checkReceiver(to: unknown): void {
  const { connection, user } = Object(to) as { connection?: unknown; user?: unknown };
  if (typeof (user ?? connection) === 'string') return;
  throw new RefusedError(
    createRefusal('badRequest', 'the receiver must be { connection: id } or { user: name }'),
  );
}

/** A room may have members on several nodes. */
function sumUp({ answers }: Survey): RoomMembers[] {
  const counts = new Map<string, number>();
  for (const [room, members] of (answers as unknown as RoomCount[][]).flat()) {
    counts.set(room, (counts.get(room) ?? 0) + members);
  }
  return [...counts].map(([room, members]) => ({ room, members }));
}

async function settled(
  publish: (publisher: Publisher) => void,
): Promise<Exclude<PublishOutcome, { type: 'refused' }>> {
  const outcome = await new Promise<PublishOutcome>((resolve) => {
    publish({ sender: 'library', settle: resolve });
  });
  if (outcome.type === 'refused') throw new RefusedError(outcome.refusal);
  return outcome;
}
