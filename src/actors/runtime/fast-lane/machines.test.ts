import { describe, expect, test } from 'vitest';
import { type AnyMachineSnapshot, type AnyStateMachine, type AnyStateNode, type StateValue } from 'xstate';
import type { Outcome } from './table.ts';
import { judge } from './oracle-harness.ts';
import { LANE, withFastLane } from './fast-lane.ts';
import { MACHINES, type Machines } from '../../machines.ts';

/** The guards that pass; all others fail. */
let passing: ReadonlySet<string> = new Set();

/** A machine of the server with guards that the test controls, and its fast lane. */
function open(kind: keyof Machines) {
  const original: AnyStateMachine = MACHINES[kind];
  const guards = Object.fromEntries(
    Object.keys(original.implementations.guards).map((name) => [name, () => passing.has(name)]),
  );
  const machine: AnyStateMachine = original.provide({ guards });
  const lane = withFastLane(machine)[LANE];
  return {
    machine,
    /** The outcome of an event if these guards pass. */
    choose(at: AnyMachineSnapshot, type: string, guards: readonly string[]): Outcome | undefined {
      passing = new Set(guards);
      return lane.choose(at, { type });
    },
    at: (value: StateValue): AnyMachineSnapshot => machine.resolveState({ value, context: {} }),
  };
}

/** Every possible value of a state, also if a guard prevents it. */
function valuesOf({ type, states }: AnyStateNode): StateValue[] {
  const within = Object.values(states).map((state): [string, StateValue[]] => [state.key, valuesOf(state)]);
  if (type === 'compound') {
    return within.flatMap(([key, values]) =>
      values.map((value) =>
        typeof value === 'object' && Object.keys(value).length === 0 ? key : { [key]: value },
      ),
    );
  }
  let combinations: Record<string, StateValue>[] = [{}];
  for (const [key, values] of within) {
    combinations = combinations.flatMap((sofar) => values.map((value) => ({ ...sofar, [key]: value })));
  }
  return combinations;
}

/** All combinations of passing guards for an event. */
function answersTo(at: AnyMachineSnapshot, type: string): string[][] {
  const names = new Set(
    (at._nodes as readonly AnyStateNode[])
      .flatMap(({ transitions, always }) => [...(transitions.get(type) ?? []), ...(always ?? [])])
      .flatMap(({ guard }) => (typeof guard === 'string' ? [guard] : [])),
  );
  const answers: string[][] = [[]];
  for (const name of names) answers.push(...answers.map((given) => [...given, name]));
  return answers;
}

describe.each(Object.keys(MACHINES) as (keyof Machines)[])('the fast lane of %s', (kind) => {
  const { machine, at, choose } = open(kind);
  const values = valuesOf(machine.root);
  const types = [...machine.events.filter((type) => !type.startsWith('xstate.')), 'unheard'];

  test('chooses the same as the interpreter for all states, events and guards', () => {
    let taken = 0;
    const wrong: string[] = [];
    for (const value of values) {
      const snapshot = at(value);
      if (snapshot.status !== 'active') continue;
      for (const type of types) {
        for (const guards of answersTo(snapshot, type)) {
          const outcome = choose(snapshot, type, guards);
          if (outcome !== undefined) taken += 1;
          const { mistake } = judge(outcome, snapshot, { type });
          if (mistake !== undefined)
            wrong.push(`${type} in ${JSON.stringify(value)} with ${guards.join()}: ${mistake}`);
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(taken).toBeGreaterThan(0);
  });
});

const READY = { open: { flow: 'clear', work: 'ready' } };
const BUSY = { open: { flow: 'congested', work: 'busy' } };
const ACTIVE = { occupancy: 'occupied', absence: 'none', broadcast: 'flowing', journal: 'clean' };
const room = (regions: Partial<Record<keyof typeof ACTIVE, StateValue>>): StateValue => ({
  active: { ...ACTIVE, ...regions },
});

test.each<[keyof Machines, StateValue, string, string[], string[]]>([
  ['connection', READY, 'room.publish', [], ['publish']],
  ['connection', READY, 'ping', [], ['replyPong']],
  ['connection', READY, 'server.broadcast', [], ['broadcast']],
  ['connection', READY, 'command.malformed', [], ['replyRefused']],
  ['connection', READY, 'room.call', [], ['call']],
  ['connection', READY, 'call.answered', [], ['answerCall']],
  ['connection', READY, 'room.join', [], ['join']],
  ['connection', READY, 'room.join', ['isMember'], ['replyAlreadyMember']],
  ['connection', READY, 'room.leave', ['isMember'], ['leave']],
  ['connection', READY, 'room.joined', ['isJoining'], ['answerJoined']],
  ['connection', READY, 'room.left', ['isLeaving'], ['answerLeft']],
  ['connection', READY, 'command.pending', [], []],
  ['connection', READY, 'socket.drained', [], []],
  ['room', room({}), 'room.publish', [], ['publish']],
  ['room', room({ journal: { writing: 'timely' } }), 'room.publish', ['isModerated'], ['moderate']],
  ['room', room({ broadcast: 'throttled' }), 'room.publish', [], ['refuseThrottled']],
  ['room', room({ occupancy: { empty: 'lingering' } }), 'room.publish', ['isFromServer'], ['publish']],
  ['room', room({}), 'room.cleared', [], ['publish']],
  ['room', room({}), 'room.join', [], ['admit']],
  ['room', room({ occupancy: 'full' }), 'room.join', [], ['refuseFull']],
  ['room', room({}), 'room.leave', [], ['beginLeave']],
  ['room', room({}), 'room.call', ['allowsCall'], ['delegate']],
  ['room', room({}), 'room.called', [], ['answerCall']],
  ['room', room({ journal: 'dirty' }), 'member.recording', [], ['record']],
  ['room', room({ journal: { writing: 'timely' } }), 'member.recording', [], ['record']],
  ['room', room({}), 'member.joined', [], ['seat']],
  ['room', room({ absence: 'some' }), 'member.joined', [], ['seat', 'endAbsence']],
  ['room', room({}), 'member.leaving', [], ['unseat']],
  ['room', room({}), 'member.left', [], ['seeOff']],
  ['server', 'listening', 'server.broadcast', [], ['broadcast']],
  ['tarsProxy', { ready: { circuit: 'closed' } }, 'rpc.call', ['hasSlot'], ['dispatch']],
  [
    'tarsProxy',
    { ready: { circuit: 'closed' } },
    'link.replied',
    ['isAnswer'],
    ['receive', 'dispatchWaiting'],
  ],
])(
  '%s in %j handles %s in the fast lane if %j pass, with the actions %j',
  (kind, value, type, guards, actions) => {
    const { machine, at, choose } = open(kind);
    const outcome = choose(at(value), type, guards);
    expect(outcome?.steps.map(({ implementation }) => implementation)).toEqual(
      actions.map((name) => machine.implementations.actions[name]),
    );
  },
);

test.each<[keyof Machines, StateValue, string, string[], StateValue]>([
  ['connection', { greeting: 'waiting' }, 'connection.greeted', ['isTrusted'], READY],
  ['connection', READY, 'command.pending', ['isUnanswered'], { open: { flow: 'clear', work: 'busy' } }],
  ['connection', BUSY, 'room.joined', ['isJoining'], { open: { flow: 'congested', work: 'ready' } }],
  ['connection', BUSY, 'room.left', ['isLeaving'], { open: { flow: 'congested', work: 'ready' } }],
  ['connection', BUSY, 'command.settled', [], { open: { flow: 'congested', work: 'ready' } }],
  ['connection', READY, 'socket.congested', [], { open: { flow: 'congested', work: 'ready' } }],
  ['connection', BUSY, 'socket.drained', [], { open: { flow: 'clear', work: 'busy' } }],
  ['connection', READY, 'socket.overflowed', [], 'closing'],
  ['connection', BUSY, 'socket.closed', [], 'closed'],
  ['membership', { requesting: 'recording' }, 'membership.recorded', [], 'joined'],
  ['membership', { requesting: 'recording' }, 'membership.unrecorded', [], 'refused'],
  ['membership', 'joined', 'membership.leave', [], { leaving: 'recording' }],
  // From there an eventless transition leads to `gone` if the room has no handler to call.
  ['membership', { leaving: 'recording' }, 'membership.recorded', [], { left: 'parting' }],
  ['membership', 'withdrawing', 'membership.recorded', [], 'withdrawn'],
  ['room', room({ occupancy: 'full' }), 'member.left', [], room({ occupancy: 'choosing' })],
  ['room', room({ occupancy: 'full' }), 'room.mute', [], room({ occupancy: 'full', broadcast: 'muted' })],
  ['room', room({}), 'room.join', ['takesLastSeat'], room({ occupancy: 'full' })],
])('%s in %j moves in the fast lane on %s if %j pass, to %j', (kind, value, type, guards, to) => {
  const { at, choose } = open(kind);
  const idsOf = (nodes: readonly AnyStateNode[] = []): string[] => nodes.map(({ id }) => id).toSorted();
  expect(idsOf(choose(at(value), type, guards)?.to?.nodes)).toEqual(idsOf(at(to)._nodes));
});
