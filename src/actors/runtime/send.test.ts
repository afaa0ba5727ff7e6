import { describe, expect, test } from 'vitest';
import { assign, createActor, setup, type Actor, type AnyActorRef, type InspectionEvent } from 'xstate';
import { FastLane, withFastLane } from './fast-lane/fast-lane.ts';
import { goLive, NO_OBSERVER } from './live-machine.ts';
import { send } from './send.ts';

type Act = (self: Actor<typeof machine>) => void;

/** Runs the function of an event: `do` and `change` stay in the state, `move` goes to the other one. */
const machine = setup({
  types: {
    events: {} as { type: 'do' | 'move' | 'change'; name: string; act?: Act },
    context: {} as { done: string[] },
  },
  actions: {
    act: ({ context, event, self }) => {
      context.done.push(`${event.name} begins`);
      event.act?.(self as Actor<typeof machine>);
      context.done.push(`${event.name} ends`);
    },
    /** A builtin action, which the fast lane leaves to the interpreter. */
    change: assign({}),
  },
}).createMachine({
  context: () => ({ done: [] }),
  initial: 'here',
  on: { do: { actions: 'act' }, change: { actions: ['change', 'act'] } },
  states: {
    here: { on: { move: { target: 'there', actions: 'act' } } },
    there: { on: { move: { target: 'here', actions: 'act' } } },
  },
});

type Send = (
  actor: Actor<typeof machine>,
  event: { type: 'do' | 'move' | 'change'; name: string; act?: Act },
) => void;

const sendDirectly: Send = (actor, event) => send(actor, event, undefined);

const sendByMailbox: Send = (actor, event) => actor.send(event);

/** Runs a story twice: with XState's own `send` and machine, and directly. Both must give the same result. */
function tellTwice(story: (actor: Actor<typeof machine>, send: Send) => void): string[] {
  const tell = (actor: Actor<typeof machine>, send: Send): string[] => {
    const { done } = actor.getSnapshot().context;
    actor.subscribe({
      next: ({ value }) => void done.push(`at ${value}`),
      error: (error) => void done.push(`failed: ${(error as Error).message}`),
      complete: () => void done.push('completed'),
    });
    actor.start();
    story(actor, send);
    done.push(actor.getSnapshot().status);
    return done;
  };
  const direct = tell(createActor(withFastLane(machine)), sendDirectly);
  expect(direct).toEqual(tell(createActor(machine), sendByMailbox));
  return direct;
}

function startIdle() {
  const actor = createActor(withFastLane(machine)).start();
  const sent: string[] = [];
  const { send } = actor;
  actor.send = (event) => {
    sent.push(event.name);
    send(event);
  };
  return { actor, sent, done: actor.getSnapshot().context.done };
}

describe('sending directly', () => {
  test('runs an idle actor without its mailbox', () => {
    const { actor, sent, done } = startIdle();
    sendDirectly(actor, { type: 'do', name: 'one' });
    expect(done).toEqual(['one begins', 'one ends']);
    expect(sent).toEqual([]);
  });

  test('moves an idle actor to another state', () => {
    const { actor, sent, done } = startIdle();
    sendDirectly(actor, { type: 'move', name: 'one' });
    expect(done).toEqual(['one begins', 'one ends']);
    expect(actor.getSnapshot().value).toBe('there');
    expect(sent).toEqual([]);
  });

  test('uses the mailbox for an event that the lane does not handle', () => {
    const { actor, sent, done } = startIdle();
    sendDirectly(actor, { type: 'change', name: 'one' });
    expect(sent).toEqual(['one']);
    expect(done).toEqual(['one begins', 'one ends']);
  });

  test('sends to an actor without a lane', () => {
    const actor = createActor(machine).start();
    sendDirectly(actor, { type: 'do', name: 'one' });
    expect(actor.getSnapshot().context.done).toEqual(['one begins', 'one ends']);
  });

  test('finishes an event before the next one, in the order in which they were sent', () => {
    const told = tellTwice((actor, send) => {
      send(actor, {
        type: 'do',
        name: 'one',
        act(self) {
          send(self, { type: 'do', name: 'two', act: () => send(self, { type: 'do', name: 'five' }) });
          self.send({ type: 'change', name: 'three' });
          send(self, { type: 'do', name: 'four' });
        },
      });
      send(actor, { type: 'move', name: 'six' });
    });
    expect(told.filter((line) => line.endsWith('begins'))).toEqual(
      ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => `${name} begins`),
    );
  });

  test('finishes an event before the answer of another actor', () => {
    const told = tellTwice((actor, send) => {
      const other = createActor(actor.logic).start();
      send(actor, {
        type: 'do',
        name: 'ask',
        act: (self) =>
          send(other, {
            type: 'do',
            name: 'be asked',
            act: () => send(self, { type: 'do', name: 'answer' }),
          }),
      });
    });
    expect(told.filter((line) => !line.startsWith('at'))).toEqual([
      'ask begins',
      'ask ends',
      'answer begins',
      'answer ends',
      'active',
    ]);
  });

  test('calls observers after each event, and handles what they send', () => {
    const told = tellTwice((actor, send) => {
      let left = 3;
      actor.subscribe(() => {
        left -= 1;
        if (left > 0) send(actor, { type: 'do', name: `left ${left}` });
      });
      send(actor, { type: 'do', name: 'one' });
    });
    expect(told.filter((line) => line.startsWith('at') || line.endsWith('begins'))).toEqual([
      'at here',
      'one begins',
      'at here',
      'left 2 begins',
      'at here',
      'left 1 begins',
      'at here',
    ]);
  });

  test('drops waiting events when the actor is stopped during an event', () => {
    const told = tellTwice((actor, send) => {
      send(actor, {
        type: 'do',
        name: 'one',
        act(self) {
          send(self, { type: 'do', name: 'too late' });
          self.send({ type: 'do', name: 'too late too' });
          self.stop();
          send(self, { type: 'do', name: 'behind the end' });
        },
      });
      send(actor, { type: 'do', name: 'after the end' });
    });
    expect(told.slice(-3)).toEqual(['at here', 'completed', 'stopped']);
  });

  test('ends an actor whose action throws, and drops waiting events', () => {
    const told = tellTwice((actor, send) => {
      send(actor, {
        type: 'do',
        name: 'one',
        act(self) {
          send(self, { type: 'do', name: 'too late' });
          throw new Error('no');
        },
      });
      send(actor, { type: 'do', name: 'after the end' });
    });
    expect(told).toEqual(['at here', 'one begins', 'failed: no', 'error']);
  });

  test('ends only the actor that has failed, and not its sender', () => {
    const failing = createActor(withFastLane(machine));
    failing.subscribe({ error() {} });
    failing.start();
    const { actor, done } = startIdle();
    sendDirectly(actor, {
      type: 'do',
      name: 'one',
      act: () =>
        sendDirectly(failing, {
          type: 'do',
          name: 'two',
          act() {
            throw new Error('no');
          },
        }),
    });
    expect(failing.getSnapshot().status).toBe('error');
    expect(actor.getSnapshot().status).toBe('active');
    expect(done).toEqual(['one begins', 'one ends']);
  });

  test('does not change the machine of an actor that has failed', () => {
    const laned = withFastLane(machine);
    const actor = createActor(laned);
    actor.subscribe({ error() {} });
    actor.start();
    sendDirectly(actor, {
      type: 'do',
      name: 'one',
      act() {
        throw new Error('no');
      },
    });
    expect(actor.logic).toBe(laned);
  });

  describe('to an actor that is inspected', () => {
    /** A machine whose lane can be closed to all of its actors. */
    function createClosable() {
      const watched = new Set<AnyActorRef>();
      const seen: string[] = [];
      const actor = createActor(withFastLane(machine, new FastLane(machine, watched)));
      return {
        actor,
        seen,
        inspect() {
          watched.add(actor);
          actor.system.inspect((inspected) => {
            if (inspected.type !== '@xstate.actor')
              seen.push(`${inspected.type.slice(8)} ${nameOf(inspected)}`);
          });
        },
      };
    }

    function nameOf(inspected: InspectionEvent): string {
      if (inspected.type === '@xstate.action') return inspected.action.type;
      return 'event' in inspected
        ? ((inspected.event as { name?: string }).name ?? inspected.event.type)
        : '';
    }

    test('uses the mailbox, so that every step is reported', () => {
      const { actor, seen, inspect } = createClosable();
      actor.start();
      inspect();
      sendDirectly(actor, { type: 'do', name: 'one' });
      expect(seen).toEqual(['event one', 'action act', 'microstep one', 'snapshot one']);
    });

    test('reports the end of an event if the inspection began during this event', () => {
      const { actor, seen, inspect } = createClosable();
      actor.start();
      sendDirectly(actor, { type: 'do', name: 'one', act: inspect });
      expect(seen).toEqual(['snapshot one']);
    });

    test('does not report the end of an event that has failed', () => {
      const { actor, seen, inspect } = createClosable();
      actor.subscribe({ error() {} });
      actor.start();
      sendDirectly(actor, {
        type: 'do',
        name: 'one',
        act() {
          inspect();
          throw new Error('no');
        },
      });
      expect(seen).toEqual([]);
      expect(actor.getSnapshot().status).toBe('error');
    });
  });

  test('keeps events for an actor that has not started', () => {
    const actor = createActor(withFastLane(machine));
    const { done } = actor.getSnapshot().context;
    sendDirectly(actor, { type: 'do', name: 'early' });
    expect(done).toEqual([]);
    actor.start();
    expect(done).toEqual(['early begins', 'early ends']);
  });

  test('does nothing to an actor that has stopped, not even by way of XState, which might warn', () => {
    const { actor, sent, done } = startIdle();
    actor.stop();
    sendDirectly(actor, { type: 'do', name: 'late' });
    expect([done, sent]).toEqual([[], []]);
  });
});

test('a sender is told to the observer, if the sender or the receiver is watched', () => {
  const watched = new Set<AnyActorRef>();
  const told: unknown[] = [];
  const observer = { ...NO_OBSERVER, watched, sent: (...args: unknown[]) => void told.push(args) };
  const live = goLive(machine, observer, () => 0);
  const [one, other] = [createActor(live).start(), createActor(live).start()];
  const event = { type: 'do', name: 'one' } as const;
  send(one, event, other);
  watched.add(one);
  send(one, event, 'socket');
  send(one, event, undefined);
  send(other, event, one);
  send(other, event, 'timer');
  send(other, event, { kind: 'room', id: 'room1' });
  expect(told).toEqual([
    [one, event, 'socket'],
    [one, event, undefined],
    [other, event, one],
  ]);
  expect(other.getSnapshot().context.done).toHaveLength(6);
});
