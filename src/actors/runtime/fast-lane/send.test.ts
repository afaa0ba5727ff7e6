import { describe, expect, test } from 'vitest';
import { assign, createActor, setup, type Actor, type AnyActorRef, type InspectionEvent } from 'xstate';
import { FastLane, withFastLane } from './fast-lane.ts';
import { sendDirectly } from './send.ts';

type Act = (self: Actor<typeof machine>) => void;

/** Does what its events say, before it moves on or while it stays. */
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
    /** Nothing for a fast lane. */
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

const sendByMailbox: Send = (actor, event) => actor.send(event);

/** Runs a story once with XState's own send and machine, once directly; both must come to the same. */
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

  test('takes an idle actor to other states, too', () => {
    const { actor, sent, done } = startIdle();
    sendDirectly(actor, { type: 'move', name: 'one' });
    expect(done).toEqual(['one begins', 'one ends']);
    expect(actor.getSnapshot().value).toBe('there');
    expect(sent).toEqual([]);
  });

  test('sends what the lane does not take', () => {
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

  test('finishes an event before the next, in the order in which they were sent', () => {
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

  test('waits with an answer that comes back by way of another actor', () => {
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

  test('tells observers of each event, and takes what they send then', () => {
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

  test('drops what waits when the actor is stopped in the middle of an event', () => {
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

  test('ends an actor whose action throws, with what waits for it', () => {
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

  test('ends only the actor that has failed, and not the one that has sent to it', () => {
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

  test('leaves an actor that has failed with the machine that it had', () => {
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

    test('sends, so that every step is seen', () => {
      const { actor, seen, inspect } = createClosable();
      actor.start();
      inspect();
      sendDirectly(actor, { type: 'do', name: 'one' });
      expect(seen).toEqual(['event one', 'action act', 'microstep one', 'snapshot one']);
    });

    test('tells the end of an event in the middle of which the inspection began', () => {
      const { actor, seen, inspect } = createClosable();
      actor.start();
      sendDirectly(actor, { type: 'do', name: 'one', act: inspect });
      expect(seen).toEqual(['snapshot one']);
    });

    test('tells nothing of the end of an event that was too much', () => {
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

  test('does nothing to an actor that has stopped', () => {
    const { actor, done } = startIdle();
    actor.stop();
    sendDirectly(actor, { type: 'do', name: 'late' });
    expect(done).toEqual([]);
  });
});
