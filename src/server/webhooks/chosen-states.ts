/** The states of machines that webhooks choose, found by their paths. */

import type { AnyStateMachine, MachineContext } from 'xstate';
import type { ConnectionContext } from '../../actors/connection/connection-events.ts';
import type { QuestionInput } from '../../actors/backend/question.ts';
import { MACHINES, type Machines } from '../../actors/machines.ts';
import type { MembershipInput } from '../../actors/room/membership-setup.ts';
import type { ModerationInput } from '../../actors/room/moderation.ts';
import type { RoomContext } from '../../actors/room/room-events.ts';
import type { TarsProxyContext } from '../../actors/servant/tars-proxy-events.ts';
import { listStatePaths, tellEntries } from '../../actors/runtime/state-entries.ts';
import type { EventSink, ServerEvents } from '../../events/server-events.ts';

/** A state by its machine and the whole path in it. */
export interface ChosenState {
  readonly machine: keyof Machines;
  readonly path: string;
}

/** The deliveries of webhooks are left out: a webhook would be told of its own work, without end. */
const CHOOSABLE = (Object.keys(MACHINES) as (keyof Machines)[]).filter((name) => name !== 'delivery');

/** All states that can be chosen, as `room.active.occupancy.empty`. */
export function listStates(): string[] {
  return CHOOSABLE.flatMap((machine) => pathsOf(machine).map((path) => `${machine}.${path}`));
}

/**
 * Finds a state by the name of its machine and the end of its path, as `room.occupancy.empty`. Undefined if there is none,
 * or more than one.
 */
export function findState(name: string): ChosenState | undefined {
  const [machine, ...rest] = name.split('.');
  const kind = CHOOSABLE.find((choosable) => choosable === machine);
  if (kind === undefined) return undefined;
  const wanted = rest.join('.');
  const paths = pathsOf(kind);
  if (paths.includes(wanted)) return { machine: kind, path: wanted };
  const found = paths.filter((path) => path.endsWith(`.${wanted}`));
  return found.length === 1 ? { machine: kind, path: found[0]! } : undefined;
}

/** The charts that the server runs: those as they were written, which also tell of the chosen states. */
export function tellStates(states: readonly ChosenState[], events: EventSink): Machines {
  if (states.length === 0) return MACHINES;
  const machines = Object.entries(MACHINES).map(([machine, chart]: [string, AnyStateMachine]) => {
    const paths = new Set(states.filter((state) => state.machine === machine).map(({ path }) => path));
    const told = tellEntries(chart, [...paths], (state, _, context) => {
      events.emit('state.entered', { machine, state, ...describe(machine as keyof Machines, context) });
    });
    return [machine, told];
  });
  return Object.fromEntries(machines) as Machines;
}

function pathsOf(machine: keyof Machines): string[] {
  return listStatePaths(MACHINES[machine]);
}

/** Whose state it is. */
function describe(
  machine: keyof Machines,
  context: MachineContext,
): Omit<ServerEvents['state.entered'], 'machine' | 'state'> {
  switch (machine) {
    case 'room':
      return { room: (context as unknown as RoomContext).record.name };
    case 'connection':
      return describeMember((context as unknown as ConnectionContext).member);
    case 'membership': {
      const { room, subscriber } = context as unknown as MembershipInput;
      return { room, ...describeMember(subscriber.member) };
    }
    case 'moderation':
    case 'question': {
      const { room, member } = context as unknown as ModerationInput | QuestionInput;
      return { ...(room !== undefined && { room }), ...(member && describeMember(member)) };
    }
    case 'tarsProxy':
      return { servant: (context as unknown as TarsProxyContext).name };
    case 'server':
    case 'backend':
    case 'delivery':
    case 'redisLink':
      return {};
  }
}

function describeMember({ id, user }: { readonly id: string; readonly user?: string }) {
  return { connection: id, ...(user !== undefined && { user }) };
}
